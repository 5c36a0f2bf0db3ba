#include "kernels.cc"
