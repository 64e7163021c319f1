/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module has of ISAKMP that needs no kernel. */
#ifndef ISAKMP_H
#define ISAKMP_H

#include "nf_conntrack_isakmp.h"

#endif
