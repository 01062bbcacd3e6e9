# make             build the executables (release)
# make reproduce   run the article's experiment with them
# make test        build and run all tests
# make lint        check the formatting
# make install     install the executables below PREFIX (default /usr/local)

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

SWIFT  ?= swift
PREFIX ?= /usr/local
BUILD  := .build/release
# The Swift runtime goes into the executables: they start faster, and run where there is no Swift.
RELEASE := build -c release --static-swift-stdlib
PROGRAMS := chat-server chat-client

.PHONY: all readline reproduce test lint install uninstall clean

all: readline
	$(SWIFT) $(RELEASE)

# GNU Readline's headers, through apt where they are missing.
readline:
	@if printf '#include <stdio.h>\n#include <readline/readline.h>\n' | cc -E - >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1; then \
	    echo "Installing libreadline-dev"; \
	    if [ "$$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi; \
	    $$as_root apt-get update -q && $$as_root apt-get install -y -q libreadline-dev; \
	else \
	    echo "The headers of GNU Readline are missing and there is no apt-get here. Install them (often called" >&2; \
	    echo "readline-devel), or build without: swift build -c release --disable-default-traits" >&2; \
	    exit 1; \
	fi

reproduce: all
	@mkdir -p reproduce
	$(BUILD)/chat-reproduce | tee reproduce/table.txt
	@echo "This table is in $(CURDIR)/reproduce/table.txt"

test: readline
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest

lint:
	$(SWIFT) format lint --strict -r -p Package.swift Sources Tests

install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install -s -m 755 $(PROGRAMS:%=$(BUILD)/%) $(DESTDIR)$(PREFIX)/bin

uninstall:
	rm -f $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/bin/%)

clean:
	rm -rf .build reproduce Benchmarks/build
