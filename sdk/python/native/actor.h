/* What tap.c and the taps use of actor.c besides tap.h. */
#ifndef CW_ACTOR_H
#define CW_ACTOR_H

#include "attributes.h"
#include "tap.h"

/* Actors named so far: while there is one, nothing is shared and reads are not recorded. */
extern uint32_t cw_actor_count;
static inline uint32_t cw_actors(void) { return cw_actor_count; }
/* What the running actor held alone, others may reach from now on. */
void cw_share(void);
void cw_actors_forget(void);
void cw_actors_init(void);

#endif
