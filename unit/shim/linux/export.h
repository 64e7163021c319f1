/* SPDX-License-Identifier: GPL-2.0-only */
/* The Makefile defines EXPORT_SYMBOL_GPL() as nothing. */
