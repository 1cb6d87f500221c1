/* scan.c - the best scans for this processor. */
#include "scan_cpu.h"

const struct weiri_scan *weiri_scan_best(void)
{
#if WEIRI_SCAN_X86
    if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bitalg"))
        return &weiri_scan_avx512;
#endif
    return &weiri_scan_scalar;
}
