/* u64_stats_sync.h - 64-bit counters that are read whole. */
#ifndef _LINUX_U64_STATS_SYNC_H
#define _LINUX_U64_STATS_SYNC_H

#include <linux/seqlock.h>

struct u64_stats_sync {
	seqcount_t seq;
};
static inline void u64_stats_init(struct u64_stats_sync *s) { seqcount_init(&s->seq); }
static inline void u64_stats_update_begin(struct u64_stats_sync *s) { write_seqcount_begin(&s->seq); }
static inline void u64_stats_update_end(struct u64_stats_sync *s) { write_seqcount_end(&s->seq); }
static inline unsigned int u64_stats_fetch_begin(const struct u64_stats_sync *s) { return read_seqcount_begin(&s->seq); }
static inline bool u64_stats_fetch_retry(const struct u64_stats_sync *s, unsigned int start) { return read_seqcount_retry(&s->seq, start); }

#endif
