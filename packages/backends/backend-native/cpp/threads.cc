#include "threads-native.cc"
