# make             build the executables (release)
# make reproduce   build the laboratory's three executables quickly, run it, and say where its report is
# make check       build, and run the tests that need neither root nor the laboratory
# make test        build and run all tests
# make soak        attack a server for ten minutes (SOAK_SECONDS), and look whether anything of it stays
# make lint        check the formatting
# make docs        build the documentation pages of the two libraries with DocC below .build/documentation
# make stack       run the chat against another TCP, lwIP's, or that of the program STACK: docs/kernels.md
# make install     install the executables, their manual pages and completions below PREFIX (default /usr/local)
# make deb         build a Debian package of them below .build/deb, and say where
# make dist        build archives of fully static executables and of the sources below .build/dist, and say where
# make kernels     run the laboratory on other kernels (KERNELS="5.10 6.1 6.12 7.2"), as user-mode Linux: docs/kernels.md

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

SWIFT  ?= swift
PREFIX ?= /usr/local
BUILD  := .build/release
# The version stands in one place.
VERSION = $(shell sed -n 's/.*let number = "\(.*\)".*/\1/p' Sources/Console/Version.swift)
# The Swift runtime goes into the executables: they start faster, and run where there is no Swift.
RELEASE := build -c release --static-swift-stdlib
PROGRAMS := chat-server chat-client chat-lab chat-load
# Below PREFIX: where man(1) and the shells look.
MAN  := share/man/man1
BASH := share/bash-completion/completions
ZSH  := share/zsh/site-functions
FISH := share/fish/vendor_completions.d

.PHONY: all libraries reproduce check test soak lint docs install install-files uninstall deb deb-file dist kernels stack clean

all: libraries
	$(SWIFT) $(RELEASE)

# The headers of GNU Readline, libpcap and libsodium, through apt where they are missing.
libraries:
	@if printf '#include <stdio.h>\n#include <readline/readline.h>\n#include <pcap/pcap.h>\n#include <sodium.h>\n' | cc -E - >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1; then \
	    echo "Installing libreadline-dev, libpcap-dev and libsodium-dev"; \
	    if [ "$$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi; \
	    $$as_root apt-get update -q && $$as_root apt-get install -y -q libreadline-dev libpcap-dev libsodium-dev; \
	else \
	    echo "The headers of GNU Readline, libpcap or libsodium are missing, and there is no apt-get here. Install them (often" >&2; \
	    echo "readline-devel, libpcap-devel, libsodium-devel), or build without: swift build --disable-default-traits" >&2; \
	    exit 1; \
	fi

# Most of a build is optimising, and a program that waits for kernels runs hardly longer without. So these are built for
# one look, in a folder of their own; all that is installed is optimised.
FIRST := .build/first
FIRST_BUILD := build -c release --static-swift-stdlib --scratch-path $(FIRST) -Xswiftc -Onone -Xswiftc -gnone

# chat-lab says by exit code 77 that it may not make its hosts, and what to do; where there is sudo, it is done.
reproduce: libraries
	@if echo 'int main(void) { return 0; }' | cc -static -x c - -lreadline -ltinfo -lsodium -o /dev/null 2>/dev/null; then \
	    export STATIC_CHAT=1; \
	fi; \
	REPRODUCE=1 $(SWIFT) $(FIRST_BUILD)
	@lab="$(FIRST)/release/chat-lab run --output reproduce"; status=0; $$lab || status=$$?; \
	if [ $$status = 77 ] && [ "$$(id -u)" != 0 ] && command -v sudo >/dev/null 2>&1; then \
	    echo "Once more, with sudo" >&2; status=0; sudo $$lab || status=$$?; \
	    if [ -d reproduce ]; then sudo chown -R "$$(id -u):$$(id -g)" reproduce; fi; \
	fi; \
	exit $$status

# While one edits: neither root nor the laboratory, nor the built executables. `swift test` chooses by target and by name,
# not by tag (Swift 6.3), so that what is slow stands in a target of its own, or asks whether a laboratory is possible.
check: libraries
	$(SWIFT) build --build-tests
	WITHOUT_LABORATORY=1 $(SWIFT) test --skip-build --disable-xctest --skip '^IntegrationTests\.'

# Most tests run programs and wait for them, with a deadline: with all tests at once these would miss it.
test: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = $(shell echo $$((2 * $$(nproc))))
test: libraries
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest

# By hand: ten minutes each, of answers that the server gives itself and of co-processes.
SOAK_SECONDS ?= 600
soak: libraries
	$(SWIFT) $(RELEASE) --product chat-server
	python3 Tests/soak/soak.py $(BUILD)/chat-server --seconds $(SOAK_SECONDS)
	python3 Tests/soak/soak.py $(BUILD)/chat-server --seconds $(SOAK_SECONDS) --answer exec

lint:
	$(SWIFT) format lint --strict -r -p Package.swift Sources Tests Examples

# A warning is an error. The plugin is a dependency only here: nobody else waits for it.
docs: export DOCUMENTATION = 1
docs:
	mkdir -p .build/documentation
	for target in TCPSockets ChatProtocol; do \
	    $(SWIFT) package --scratch-path .build/docs --allow-writing-to-directory .build/documentation generate-documentation \
	        --target $$target --warnings-as-errors --output-path .build/documentation/$$target; \
	done

install: all install-files

# Of the executables that are in BUILD; they write their completions themselves. Bash's is sourced, so needs no #! line.
install-files:
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin $(MAN) $(BASH) $(ZSH) $(FISH))
	install -s -m 755 $(PROGRAMS:%=$(BUILD)/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(PROGRAMS:%=man/%.1) $(DESTDIR)$(PREFIX)/$(MAN)
	for program in $(PROGRAMS); do \
	    complete="$(BUILD)/$$program --generate-completion-script"; \
	    $$complete bash | sed '1{/^#!/d}' > $(DESTDIR)$(PREFIX)/$(BASH)/$$program; \
	    $$complete zsh > $(DESTDIR)$(PREFIX)/$(ZSH)/_$$program; \
	    $$complete fish > $(DESTDIR)$(PREFIX)/$(FISH)/$$program.fish; \
	done

uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,$(PROGRAMS:%=bin/%) $(PROGRAMS:%=$(MAN)/%.1) $(PROGRAMS:%=$(BASH)/%) \
	    $(PROGRAMS:%=$(ZSH)/_%) $(PROGRAMS:%=$(FISH)/%.fish))

deb: all deb-file

# Through debhelper, because it knows Debian's rules (stripping, compressing, dependencies, checksums) and keeps up with
# them. It works in a copy, so that nothing is written beside the sources.
DEB := .build/deb
deb-file:
	@command -v dh >/dev/null 2>&1 || { echo "debhelper is missing: apt-get install debhelper" >&2; exit 1; }
	rm -rf $(DEB)/source $(DEB)/time-wait-chat_*
	mkdir -p $(DEB)/source
	cp -r debian man protocol docs README.md Makefile $(DEB)/source
	printf '%s\n\n  * %s\n\n -- %s  %s\n' 'time-wait-chat ($(VERSION)-1) unstable; urgency=medium' \
	    'Version $(VERSION).' "$$(sed -n 's/^Maintainer: //p' debian/control)" \
	    "$$(git log -1 --format=%cD 2>/dev/null || date -R)" > $(DEB)/source/debian/changelog
	cd $(DEB)/source && BUILD=$(abspath $(BUILD)) dpkg-buildpackage --build=binary --no-sign --no-check-builddeps
	@ls $(abspath $(DEB))/*.deb

# With glibc inside, too: they need nothing of the machine where they run but its kernel. libpcap is left out: Debian's
# static one wants D-Bus and more, and chat-lab reads files without it.
STATIC := .build/static
STATIC_BUILD := build -c release --traits Readline,Sodium --scratch-path $(STATIC) --static-swift-stdlib \
    -Xswiftc -static-executable -Xlinker -ltinfo
dist: libraries
	for program in $(PROGRAMS); do $(SWIFT) $(STATIC_BUILD) --product $$program; done
	packaging/dist "$(abspath $(STATIC))" "$(VERSION)" "$(abspath .build/dist)"

# Inside another kernel there is nothing but these.
KERNELS ?=
kernels: libraries
	for program in chat-lab chat-server chat-client; do $(SWIFT) $(STATIC_BUILD) --product $$program; done
	scripts/kernels $(KERNELS)

# As root. Without STACK it needs liblwip-dev.
stack: libraries
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest --filter '^IntegrationTests\.SecondStackTests/'

clean:
	rm -rf .build .build-plain reproduce Benchmarks/build Benchmarks/peers/nio/.build
	find . -name __pycache__ -prune -exec rm -rf {} +
