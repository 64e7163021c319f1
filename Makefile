# SPDX-License-Identifier: GPL-2.0-only
#
# make help says what there is. The modules themselves are described in Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNELS ?= 6.12 newest 6.1
KERNEL ?= 6.12
TESTS ?=
CASES ?=
FAULTS ?=
VM := selftests/vm

MODULES := $(patsubst %.o,%.ko,$(shell sed -n 's/^obj-m += *//p' Kbuild))
# where modules_install puts them, below /lib/modules/RELEASE
MODULE_DIR ?= updates
# not "make kernelrelease", which Debian 12's headers answer with 6.1.NNN
RELEASE = $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h)
# what is installed, for whatever kernel
LIB_MODULES := $(DESTDIR)/lib/modules
INSTALLED = $(wildcard $(MODULES:%=$(LIB_MODULES)/*/$(MODULE_DIR)/%*))
INSTALLED_FOR = $(sort $(foreach file,$(INSTALLED:$(LIB_MODULES)/%=%),\
	$(firstword $(subst /, ,$(file)))))
# Debian's headers want signatures but come without a key
NO_KEY = $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)

# what dkms keeps, and where
DKMS ?= dkms
NAME = $(shell sed -n 's/^PACKAGE_NAME=//p' dkms.conf)
VERSION = $(shell sed -n 's/^PACKAGE_VERSION=//p' dkms.conf)
NO_DKMS = [ -n '$(DESTDIR)' ] || [ ! -e /var/lib/dkms/$(NAME) ]
DKMS_FILES := COPYING Kbuild dkms.conf compat core esp include isakmp nat \
	      netlink pptp $(wildcard *.c)
TARBALL = $(NAME)-$(VERSION).tar.xz
DKMS_SRC = $(DESTDIR)/usr/src/$(NAME)-$(VERSION)

all: modules userspace

help:
	@echo 'On a gateway:'
	@echo '  all (modules, userspace)  build for the running kernel, or KDIR=HEADERS'
	@echo '  check-config              what that kernel lacks; or CONFIG=FILE'
	@echo '  install                   the modules and vpnct (DESTDIR=)'
	@echo '  uninstall                 removes them'
	@echo '  dkms                      the modules, for later kernels, too'
	@echo '  dkms-remove               removes those'
	@echo 'In virtual machines that need no privileges (the first run downloads'
	@echo 'a userland and kernels, 350 to 600 MB, to ~/.cache):'
	@echo '  demo                      three IPsec hosts behind one masquerade'
	@echo '  quick                     unit tests and a dozen that say most, on KERNEL=$(KERNEL)'
	@echo '  test                      all tests; KERNELS="$(KERNELS)" TESTS="NAME..." JOBS=N'
	@echo '  test-all                  each of them on each kernel, before a release'
	@echo '  test-debug                the same on a kernel with KASAN, lockdep, kmemleak'
	@echo '  test-docs                 installs and removes as the documents say'
	@echo '  coverage                  the lines of the modules that no test reaches'
	@echo '  check                     checkpatch, kernel-doc, W=1, sparse, shellcheck'
	@echo '  unit-cross                unit tests on big endian and on 32 bits, emulated'
	@echo '  distcheck                 builds, tests, installs and removes what dist packs'
	@echo '  bench                     instructions per packet'
	@echo '  profile                   the functions that take them'
	@echo '  emulate                   20 to 50 emulated hosts: what reaches whom; CASES="NAME..."'
	@echo '  emulate-matrix            hosts with children, each kind of traffic that a fault allows; FAULTS="NAME..."'
	@echo '  vm-shell                  a shell in the machine (KERNEL=$(KERNEL))'
	@echo '  clean-cache               removes all that was downloaded and built for them'
	@echo 'Natively, without privileges:'
	@echo '  unit                      parsers and rules that need no kernel, under sanitizers'
	@echo '  fuzz                      libFuzzer (clang) on the parsers; FUZZ_SECONDS=600 each'
	@echo '  dist                      $(TARBALL) of what is committed'
	@echo '  docs                      the picture in Documentation/architecture.rst'
	@echo 'Natively, on a machine to play with:'
	@echo '  selftests/run             all tests; reloads the modules'

modules: headers
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# of the kernel that modules are built for, or that runs
check-config:
	@sh compat/config.sh $(or $(CONFIG),'$(KDIR)/.config' \
		"/boot/config-$$(uname -r)" /proc/config.gz)

headers:
	@[ -d '$(KDIR)' ] || { \
		echo 'No kernel headers in $(KDIR): apt install' \
			"linux-headers-$$(uname -r), or make KDIR=..."; \
		exit 1; }

userspace:
	$(MAKE) -C userspace

install: modules_install
	$(MAKE) -C userspace install

modules_install: modules
	@$(NO_DKMS) || { echo 'dkms has installed these modules: make dkms' \
		'updates them, make dkms-remove gives them up'; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) \
		INSTALL_MOD_DIR=$(MODULE_DIR) $(NO_KEY) modules_install
ifeq ($(DESTDIR),)
	depmod $(RELEASE)
endif

uninstall: modules_uninstall
	$(MAKE) -C userspace uninstall
	@$(NO_DKMS) || echo 'dkms keeps its modules: make dkms-remove'

# needs no headers: those of a kernel may have gone before it
modules_uninstall:
	$(if $(INSTALLED),rm -f $(INSTALLED))
	@for release in $(INSTALLED_FOR); do \
		dir=$(LIB_MODULES)/$$release; \
		rmdir $$dir/$(MODULE_DIR) $$dir 2>/dev/null; \
		[ -n '$(DESTDIR)' ] || [ ! -d $$dir/kernel ] || \
			depmod $$release || exit; \
	done

# What dkms has built is of the source that it was given then, of whatever
# version: all of it goes. Modules of "make install" would be put back by dkms
# when it removes its own.
dkms: dkms-forget modules_uninstall dkms-source
	$(DKMS) install $(NAME)/$(VERSION) $(DKMS_INSTALL)
	@echo 'dkms has installed $(NAME) $(VERSION), and builds it for later' \
		'kernels. What is loaded stays: see "Update" in README.md.'

dkms-remove: dkms-forget
	@echo 'dkms has no $(NAME) any more.'

# every version; its source, too, unless that is where we are
dkms-forget:
	@command -v $(firstword $(DKMS)) > /dev/null || { \
		echo 'There is no dkms: apt install dkms'; exit 1; }
	@$(DKMS) status -m $(NAME) | sed -n 's,^$(NAME)[/:,] *\([^:,]*\).*,\1,p' | \
	sort -u | while read -r version; do \
		echo "$(DKMS) remove $(NAME)/$$version --all"; \
		$(DKMS) remove $(NAME)/$$version --all || exit; \
		src=$(DESTDIR)/usr/src/$(NAME)-$$version; \
		[ . -ef $$src ] || rm -rf $$src; \
	done

# sources only, of which nothing was built
dkms-source:
	[ . -ef $(DKMS_SRC) ] || rm -rf $(DKMS_SRC)
	mkdir -p $(DKMS_SRC)
	tar -c --exclude='*.o' --exclude='.*' --exclude='*.mod*' --exclude='*.ko' \
		$(DKMS_FILES) | tar -x -C $(DKMS_SRC)

# what is committed; the same bytes wherever that is done
dist:
	@git -c tar.umask=0022 archive --prefix=$(TARBALL:.tar.xz=)/ HEAD | \
		xz -T1 -9 > $(TARBALL).new && mv $(TARBALL).new $(TARBALL)
	@echo $(TARBALL)

distcheck:
	@$(VM)/distcheck.sh $(KERNEL)

check:
	@$(VM)/check.sh $(KERNEL)

unit:
	@$(MAKE) -s -C unit check

# for machines that see numbers otherwise
unit-cross:
	@$(VM)/unit-cross.sh

fuzz:
	@$(MAKE) -s -C unit fuzz

test:
	@$(VM)/suite.sh $(KERNELS) $(if $(TESTS),-- $(TESTS))

test-all:
	@ALL=1 $(VM)/suite.sh $(KERNELS) $(if $(TESTS),-- $(TESTS))

# a dozen that between them use every module, both families and the tool
QUICK := basic-static ipv6 first-packet rekey isakmp-cookies isakmp-tickets \
	 libreswan-ikev2 pptp-callid pptp-clients late-load netlink sysctl

quick:
	@UNIT=1 $(VM)/suite.sh $(KERNEL) -- $(QUICK)

test-debug:
	@$(VM)/suite.sh debug $(if $(TESTS),-- $(TESTS))

test-docs:
	@$(VM)/documents.sh $(KERNELS)

coverage:
	@$(VM)/coverage.sh $(TESTS)

test-%:
	@$(VM)/suite.sh $* $(if $(TESTS),-- $(TESTS))

demo:
	@$(VM)/demo.sh $(KERNEL)

bench:
	@$(VM)/bench.sh $(KERNEL)

profile:
	@$(VM)/profile.sh $(KERNEL)

emulate:
	@$(VM)/emulate.sh $(KERNEL) $(CASES)

emulate-matrix:
	@PLAY=matrix.sh $(VM)/emulate.sh $(KERNEL) $(FAULTS)

vm-shell:
	@$(VM)/boot.sh -t 86400 -i $(KERNEL)

# the picture in Documentation/architecture.rst
docs:
	python3 Documentation/picture.py < Documentation/architecture.txt \
		> Documentation/architecture.svg

clean-cache:
	@$(VM)/clean-cache.sh

clean:
	-$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	-$(MAKE) -C unit clean
	-$(MAKE) -C userspace clean
	-$(MAKE) -C selftests clean

# The order of prerequisites is meant; what is built in parallel is below.
.NOTPARALLEL:

.PHONY: all help check-config headers modules userspace install modules_install uninstall \
	modules_uninstall dkms dkms-remove dkms-forget dkms-source dist distcheck check \
	unit unit-cross fuzz test test-all test-debug test-docs coverage quick demo bench \
	profile emulate emulate-matrix vm-shell docs clean clean-cache
