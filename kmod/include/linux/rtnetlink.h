/* rtnetlink.h - the lock of all that configures interfaces. */
#ifndef _LINUX_RTNETLINK_H
#define _LINUX_RTNETLINK_H

/* One caller holds it at a time, and may sleep with it. */
void rtnl_lock(void);
void rtnl_unlock(void);
int rtnl_trylock(void);
int rtnl_is_locked(void);
#define ASSERT_RTNL()		WARN_ONCE(!rtnl_is_locked(), "RTNL: assertion failed at %s (%d)\n", __FILE__, __LINE__)

#endif
