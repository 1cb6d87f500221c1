/* scan_cpu.h - which scans there are on this kind of processor. */
#ifndef WEIRI_SCAN_CPU_H
#define WEIRI_SCAN_CPU_H

#include "scan.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEIRI_TSAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define WEIRI_TSAN 1
#endif

/* The thread sanitizer knows atomics, not vectors of them. */
#if defined(__x86_64__) && !defined(WEIRI_TSAN)
#define WEIRI_SCAN_X86 1
extern const struct weiri_scan weiri_scan_avx512, weiri_scan_avx2;
#else
#define WEIRI_SCAN_X86 0
#endif

#endif /* WEIRI_SCAN_CPU_H */
