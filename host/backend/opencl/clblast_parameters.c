/* The parameters of CLBlast's matrix multiply; the rules are those its kernels are written for (integer work a work-item, loads
 * that cover a tile) and what the device has room for. */
#include "backend/opencl/clblast_parameters.h"

#include <string.h>

/* Of the direct kernel: a tile of WGD x WGD outputs and WGD deep, by MDIMCD x NDIMCD work-items that load as MDIMAD and NDIMBD
 * wide. */
enum { KWID, MDIMAD, MDIMCD, NDIMBD, NDIMCD, PADA, PADB, VWMD, VWND, WGD };

/* Of the indirect kernel: a tile of MWG x NWG outputs and KWG deep; SA, SB: through local memory. */
enum { GEMMK, KREG, KWG, KWI, MDIMA, MDIMC, MWG, NDIMB, NDIMC, NWG, SA, SB, STRM, STRN, VWM, VWN };

static const struct {
    const char *name;
    const char *parameter[CLBLAST_PARAMETERS_MOST + 1];
} kernels[CLBLAST_KERNELS] = {
    [CLBLAST_DIRECT] = { "XgemmDirect", { "KWID", "MDIMAD", "MDIMCD", "NDIMBD", "NDIMCD", "PADA", "PADB", "VWMD", "VWND", "WGD" } },
    [CLBLAST_INDIRECT] = { "Xgemm",
                           { "GEMMK", "KREG", "KWG", "KWI", "MDIMA", "MDIMC", "MWG", "NDIMB", "NDIMC", "NWG", "SA", "SB", "STRM",
                             "STRN", "VWM", "VWN" } },
    [CLBLAST_ROUTINE] = { "GemmRoutine", { "XGEMM_MIN_INDIRECT_SIZE" } },
};

/* From small tiles, for small layers and weak devices, to large ones. */
static const size_t direct[][CLBLAST_PARAMETERS_MOST] = {
    /* KWID MDIMAD MDIMCD NDIMBD NDIMCD PADA PADB VWMD VWND WGD */
    { 2, 8, 8, 8, 8, 1, 1, 4, 4, 32 },     { 2, 16, 16, 16, 16, 1, 1, 2, 2, 32 }, { 2, 8, 8, 8, 8, 1, 1, 2, 2, 16 },
    { 2, 16, 16, 16, 16, 1, 1, 4, 4, 64 }, { 2, 16, 16, 8, 8, 1, 1, 2, 4, 32 },   { 2, 16, 16, 16, 16, 1, 1, 1, 1, 16 },
    { 2, 8, 8, 8, 8, 1, 1, 1, 1, 8 },
};
static const size_t indirect[][CLBLAST_PARAMETERS_MOST] = {
    /* GEMMK KREG KWG KWI MDIMA MDIMC MWG NDIMB NDIMC NWG SA SB STRM STRN VWM VWN */
    { 0, 1, 32, 2, 16, 16, 64, 16, 16, 64, 1, 1, 0, 0, 4, 4 },   { 0, 1, 32, 2, 8, 8, 32, 8, 8, 32, 1, 1, 0, 0, 4, 4 },
    { 0, 1, 16, 2, 16, 16, 128, 16, 16, 128, 1, 1, 0, 0, 4, 4 }, { 0, 1, 32, 2, 8, 8, 64, 8, 8, 64, 1, 1, 0, 0, 4, 4 },
    { 0, 1, 32, 2, 8, 8, 64, 8, 8, 64, 0, 0, 0, 0, 4, 4 },       { 0, 1, 16, 2, 16, 16, 128, 8, 8, 64, 1, 1, 0, 0, 4, 4 },
    { 0, 1, 32, 2, 8, 8, 32, 8, 8, 32, 0, 0, 0, 0, 2, 2 },
};

const char *clblast_kernel_name(clblast_kernel kernel)
{
    return kernels[kernel].name;
}

const char *clblast_parameter_name(clblast_kernel kernel, size_t i)
{
    return i < CLBLAST_PARAMETERS_MOST ? kernels[kernel].parameter[i] : NULL;
}

bool clblast_candidate(clblast_kernel kernel, size_t which, clblast_parameters *parameters)
{
    const size_t count = kernel == CLBLAST_DIRECT ? sizeof direct / sizeof *direct : sizeof indirect / sizeof *indirect;
    if (which >= count)
        return false;
    memcpy(parameters->value[kernel], kernel == CLBLAST_DIRECT ? direct[which] : indirect[which], sizeof *direct);
    parameters->set[kernel] = true;
    return true;
}

/* A rule, and the words for it. */
typedef struct rule {
    bool kept;
    const char *words;
} rule;

static const char *first_broken(const rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!rules[i].kept)
            return rules[i].words;
    return NULL;
}

static bool multiple(size_t of, size_t by)
{
    return by > 0 && of % by == 0;
}

static bool vector(size_t width)
{
    return width == 1 || width == 2 || width == 4 || width == 8;
}

static bool in_range(const size_t *values, clblast_kernel kernel)
{
    for (size_t i = 0; clblast_parameter_name(kernel, i); i++)
        if (values[i] > 256)
            return false; /* and so nothing below wraps */
    return true;
}

static const char *direct_wrong(const size_t *v, const kiln_device_info *device, size_t number)
{
    if (!in_range(v, CLBLAST_DIRECT) || !v[MDIMAD] || !v[NDIMBD] || !v[MDIMCD] || !v[NDIMCD] || !v[WGD])
        return "XgemmDirect's sizes are from 1 to 256";
    const size_t items = v[MDIMCD] * v[NDIMCD], depth_a = items / v[MDIMAD], depth_b = items / v[NDIMBD];
    const rule rules[] = {
        { v[PADA] <= 1 && v[PADB] <= 1, "PADA and PADB are 0 or 1" },
        { vector(v[VWMD]) && vector(v[VWND]), "VWMD and VWND are 1, 2, 4 or 8" },
        { multiple(v[WGD], v[KWID]), "WGD is a multiple of KWID" },
        { multiple(v[WGD], v[MDIMCD] * v[VWMD]) && multiple(v[WGD], v[MDIMAD] * v[VWMD]),
          "WGD is a multiple of MDIMCD VWMD and of MDIMAD VWMD" },
        { multiple(v[WGD], v[NDIMCD] * v[VWND]) && multiple(v[WGD], v[NDIMBD] * v[VWND]),
          "WGD is a multiple of NDIMCD VWND and of NDIMBD VWND" },
        { multiple(items, v[MDIMAD]) && multiple(v[WGD], depth_a), "WGD is a multiple of MDIMCD NDIMCD / MDIMAD" },
        { multiple(items, v[NDIMBD]) && multiple(v[WGD], depth_b), "WGD is a multiple of MDIMCD NDIMCD / NDIMBD" },
        { items <= device->work_group, "MDIMCD NDIMCD is at most the device's work-group" },
        { v[WGD] * (2 * v[WGD] + v[PADA] + v[PADB]) * number <= device->local_memory, "XgemmDirect's tiles fit in local memory" },
    };
    return first_broken(rules, sizeof rules / sizeof *rules);
}

static const char *indirect_wrong(const size_t *v, const kiln_device_info *device, size_t number)
{
    if (!in_range(v, CLBLAST_INDIRECT) || !v[MDIMA] || !v[NDIMB] || !v[MDIMC] || !v[NDIMC] || !v[MWG] || !v[NWG] || !v[KWG])
        return "Xgemm's sizes are from 1 to 256";
    const size_t items = v[MDIMC] * v[NDIMC], depth_a = items / v[MDIMA], depth_b = items / v[NDIMB];
    const rule rules[] = {
        { v[GEMMK] == 0 && v[KREG] == 1, "GEMMK is 0 and KREG 1" }, /* the other kernel needs subgroups */
        { v[SA] <= 1 && v[SB] <= 1 && v[STRM] <= 1 && v[STRN] <= 1, "SA, SB, STRM and STRN are 0 or 1" },
        { vector(v[VWM]) && vector(v[VWN]), "VWM and VWN are 1, 2, 4 or 8" },
        { multiple(v[KWG], v[KWI]), "KWG is a multiple of KWI" },
        { multiple(v[MWG], v[MDIMC] * v[VWM]) && multiple(v[MWG], v[MDIMA] * v[VWM]),
          "MWG is a multiple of MDIMC VWM and of MDIMA VWM" },
        { multiple(v[NWG], v[NDIMC] * v[VWN]) && multiple(v[NWG], v[NDIMB] * v[VWN]),
          "NWG is a multiple of NDIMC VWN and of NDIMB VWN" },
        { multiple(items, v[MDIMA]) && multiple(v[KWG], depth_a), "KWG is a multiple of MDIMC NDIMC / MDIMA" },
        { multiple(items, v[NDIMB]) && multiple(v[KWG], depth_b), "KWG is a multiple of MDIMC NDIMC / NDIMB" },
        { items <= device->work_group, "MDIMC NDIMC is at most the device's work-group" },
        { v[KWG] * (v[SA] * v[MWG] + v[SB] * v[NWG]) * number <= device->local_memory, "Xgemm's tiles fit in local memory" },
    };
    return first_broken(rules, sizeof rules / sizeof *rules);
}

const char *clblast_parameters_wrong(const clblast_parameters *parameters, const kiln_device_info *device, size_t number)
{
    const char *wrong = NULL;
    if (parameters->set[CLBLAST_DIRECT])
        wrong = direct_wrong(parameters->value[CLBLAST_DIRECT], device, number);
    if (!wrong && parameters->set[CLBLAST_INDIRECT])
        wrong = indirect_wrong(parameters->value[CLBLAST_INDIRECT], device, number);
    if (!wrong && parameters->set[CLBLAST_ROUTINE] && parameters->value[CLBLAST_ROUTINE][0] > CLBLAST_ALL_DIRECT)
        wrong = "XGEMM_MIN_INDIRECT_SIZE is at most 1048576";
    return wrong;
}
