/* scan.c - the scans that there are for this processor. */
#include "scan_cpu.h"

const struct weiri_scan *weiri_scan_best(void)
{
    const struct weiri_scan *scans[WEIRI_SCANS_MAX];

    (void)weiri_scan_all(scans);
    return scans[0];
}

uint32_t weiri_scan_all(const struct weiri_scan **out)
{
    uint32_t count = 0;

#if WEIRI_SCAN_X86
    if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bitalg"))
        out[count++] = &weiri_scan_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt"))
        out[count++] = &weiri_scan_avx2;
#endif
    out[count++] = &weiri_scan_scalar;
    return count;
}
