# rv86: every task that people and CI run. Only Go and make are needed, except
# where a line says otherwise.

GO      ?= go
ARCH    ?= riscv64
ARCHS   ?= riscv64 i386
CMD     ?=
FUZZTIME ?= 30s

TOOL    := $(GO) tool -modfile=tools.mod
HOSTS   := linux/amd64 linux/arm64 darwin/arm64 windows/amd64
# What is built for the guest; the rest is the host's.
GUEST   := ./kernel/... ./userland/... ./kmod/...

export CGO_ENABLED ?= 0

.DEFAULT_GOAL := build
.PHONY: build command images run test check bench golden fuzz qemu-riscv64 qemu-i386 modules clean \
        check-format check-vet check-lint check-race check-fuzz check-cross check-words

## build: the command at bin/rv86, and the images it boots
build: command images

command:
	$(GO) build -trimpath -o bin/ ./cmd/rv86

images:
	@set -e; for arch in $(ARCHS); do $(GO) run ./images/build -map -arch $$arch >&2; done

## run: boot to a prompt (leave with Ctrl-A x)
run: build
	@bin/rv86 run --arch $(ARCH)

## test: every test that needs no other program; the others say that they are skipped
test: build
	$(GO) test ./...

## golden: write what the golden scripts print now; read the difference before you commit it
golden: build
	@set -e; for arch in $(ARCHS); do bin/rv86 test --arch $$arch -update tests/golden/*.txtar; done
	$(GO) test ./cmd/rv86 -run TestKoGolden -update

## bench: guest instructions a second
bench: build
	bin/rv86 bench

## fuzz: run each fuzz target for FUZZTIME
fuzz:
	@set -e; for pkg in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u); do \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$pkg/*_test.go | cut -c6-); do \
	    echo "fuzz $$pkg $$target"; \
	    $(GO) test ./$$pkg -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x; \
	  done; done

## qemu-riscv64: the same images under QEMU (needs qemu-system-riscv64); CMD='...' as with rv86 run -c
QEMU_RISCV64 := qemu-system-riscv64 -M virt -m 128M -bios none -no-reboot \
                -kernel images/riscv64/kernel.elf -initrd images/riscv64/initramfs.cpio
qemu-riscv64: export CMD := $(CMD)
qemu-riscv64: images
	@command -v qemu-system-riscv64 >/dev/null || { \
	  echo "qemu-riscv64: qemu-system-riscv64 is not installed; on Debian: apt-get install qemu-system-misc" >&2; exit 1; }
	@if [ -z "$$CMD" ]; then exec $(QEMU_RISCV64) -nographic; fi; \
	  quoted=$$(printf '%s' "$$CMD" | sed 's/[\\"]/\\&/g'); \
	  exec $(QEMU_RISCV64) -display none -monitor none -serial stdio -append "rv86.cmd=\"$$quoted\"" </dev/null

## qemu-i386: the same for the PC (needs qemu-system-i386)
QEMU_I386 := qemu-system-i386 -M pc -m 128M -nic none -vga none -no-reboot \
             -device isa-debug-exit,iobase=0xf4,iosize=1 \
             -kernel images/i386/kernel.elf -initrd images/i386/initramfs.cpio
qemu-i386: export CMD := $(CMD)
qemu-i386: images
	@command -v qemu-system-i386 >/dev/null || { \
	  echo "qemu-i386: qemu-system-i386 is not installed; on Debian: apt-get install qemu-system-x86" >&2; exit 1; }
	@if [ -z "$$CMD" ]; then exec $(QEMU_I386) -nographic; fi; \
	  quoted=$$(printf '%s' "$$CMD" | sed 's/[\\"]/\\&/g'); \
	  $(QEMU_I386) -display none -monitor none -serial stdio -append "rv86.cmd=\"$$quoted\"" </dev/null || \
	  exit $$(($$? >> 1)) # isa-debug-exit makes 2n+1 of status n

## modules: the table of the kernel's exports and the shipped modules again (needs riscv64-linux-gnu-gcc and i686-linux-gnu-gcc)
modules: build
	@set -e; for arch in $(ARCHS); do $(GO) run ./images/modules/build -arch $$arch; done
	@$(MAKE) --no-print-directory build

## check: what CI runs. That generated files are current, that the import law holds and that the
## machine boots (also as under QEMU) are tests like the others.
check: check-format check-vet check-lint check-cross test check-words check-race check-fuzz
	@echo "check: all passed"

check-format:
	@out=$$($(TOOL) gofumpt -l .); \
	  [ -z "$$out" ] || { echo "not in gofumpt's format:"; echo "$$out"; exit 1; }

check-vet:
	$(GO) vet ./...
	GOOS=linux GOARCH=riscv64 $(GO) vet $(GUEST)
	GOOS=linux GOARCH=386 $(GO) vet $(GUEST)

# One report for both targets: what only the guest uses is not unused.
check-lint:
	printf 'host: GOOS=linux GOARCH=amd64\nguest: GOOS=linux GOARCH=riscv64\n' | $$($(TOOL) -n staticcheck) -matrix ./...

# The packages with goroutines of their own. The race detector needs cgo and a C compiler.
RACE := ./kernel/wait ./kernel/vfs ./kernel/klog ./kernel/event ./kernel/console ./machine/session

check-race:
	@if command -v gcc >/dev/null; then CGO_ENABLED=1 $(GO) test -race -short $(RACE); \
	  elif [ -n "$$CI" ]; then echo "check-race: gcc is not installed" >&2; exit 1; \
	  else echo "SKIP check-race: gcc is not installed" >&2; fi

# What the kernel's programs and modules bring is also read where int has 32 bits.
# -checklinkname=0 as in images/kernelimg, since some tests link the nucleus.
WORDS := ./kmod/... ./kernel/abi ./kernel/vfs ./kernel/event ./kernel/klog ./kernel/console ./kernel/module

check-words:
	@if [ "$$($(GO) env GOHOSTOS)/$$($(GO) env GOHOSTARCH)" = linux/amd64 ]; then GOARCH=386 $(GO) test -short -ldflags=-checklinkname=0 $(WORDS); \
	  else echo "SKIP check-words: needs Linux on amd64, which runs programs of both sizes" >&2; fi

check-fuzz:
	@$(MAKE) --no-print-directory fuzz FUZZTIME=3s

check-cross:
	@set -e; for host in $(HOSTS); do echo "build for $$host"; \
	  GOOS=$${host%/*} GOARCH=$${host#*/} $(GO) build -o /dev/null ./cmd/rv86; done

clean:
	rm -rf bin images/riscv64 images/i386
