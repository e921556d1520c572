// Package event holds the descriptors that exist to be waited for: epoll(7),
// eventfd(2) and timerfd_create(2). It follows the man pages and, for the
// order of epoll's reports, Linux's fs/eventpoll.c: first become ready, first
// reported; a level-triggered file goes to the end of the line.
//
// The package is pure Go; time comes in through a Clock.
//
// Omitted: epoll inside epoll (EINVAL), EPOLLEXCLUSIVE (taken for the plain
// thing), EPOLLWAKEUP, TFD_TIMER_CANCEL_ON_SET (the clock is never set).
//
// Lock order: Epoll.mu, then the watched file's own locks, then wait.Queue,
// then Epoll.rmu.
package event
