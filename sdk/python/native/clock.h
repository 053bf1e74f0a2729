/* The monotonic clock at a third of the price of a system call's fast path, for records of causality (clock.c). Needs the GIL. */
#ifndef CW_CLOCK_H
#define CW_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in ns; between two readings at most half a millisecond apart the cycle counter interpolates. Never goes backwards. */
int64_t cw_clock(void);

#endif
