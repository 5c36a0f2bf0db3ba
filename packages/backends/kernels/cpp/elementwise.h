// One result per element.

#ifndef LLM_ELEMENTWISE_H
#define LLM_ELEMENTWISE_H

#include "broadcast.h"
#include "unary.h"

#define LLM_TABLE_ELEMENTWISE LLM_TABLE_BROADCAST LLM_TABLE_UNARY

#endif
