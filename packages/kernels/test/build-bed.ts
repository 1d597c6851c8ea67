// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { namespaces } from "../src/namespaces.js";

const scripts = new URL("../../../kernel-rs", import.meta.url).pathname;

/** How a run of build.sh ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of build.sh that goes on. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until it has printed something. */
  prints(text: string): Promise<void>;
}

/** What build.sh calls and no test wants from the host; a program says its version, or what its script says. */
const programs: Readonly<Record<string, string>> = {
  rustc: `case $* in
    --version) echo "rustc 9.8.7 (abc 2025-01-01)" ;;
    -vV) echo "rustc 9.8.7 verbose" ;;
    "--print sysroot") echo "$(dirname "$0")/../sysroot" ;;
    esac`,
  "x86_64-linux-gnu-gcc-14":
    "case $* in *-dumpfullversion*) echo 14.2.0 ;; *--version*) echo gcc ;; *) cat ;; esac",
  bindgen: "echo bindgen 0.71.1",
  pahole: "echo v1.30",
  bc: "",
  bison: "",
  flex: "",
  openssl: "",
  python3: "",
  "dpkg-query": "exit 1",
  df: 'echo; echo "disk 0 0 9000000 0 /"',
};

/** A folder with the host's programs but for those that a bed has of its own. */
export function hostPrograms(): string {
  const folder = mkdtempSync(join(tmpdir(), "knem-programs-"));
  const own = /rustc|bindgen|pahole|gcc|clang|^(bc|bison|flex|openssl|python3|dpkg-query|df)$/;
  const others = readdirSync("/usr/bin").filter((name) => !own.test(name));
  for (const name of others) symlinkSync(join("/usr/bin", name), join(folder, name));
  return folder;
}

/** A folder with a kernel's headers and source, the module's build scripts and compilers, all of a few bytes. */
export class BuildBed {
  readonly folder = mkdtempSync(join(tmpdir(), "knem-build-"));
  readonly release = "7.3.4+deb13-cloud-amd64";

  /** `system` is a folder of `hostPrograms`. */
  constructor(private readonly system: string) {
    for (const name of readdirSync(scripts).filter((one) => /\.sh$|^Makefile$/.test(one))) {
      cpSync(join(scripts, name), this.path("module", name));
    }
    for (const [name, text] of Object.entries(programs)) this.program(name, text);
    this.write("sysroot/lib/rustlib/src/rust/library/core/src/lib.rs", "");
    this.headers("headers");
    this.source("7.3");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  write(path: string, text: string, mode = 0o644): string {
    const file = this.path(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  }

  /** Puts something else where a text is. */
  edit(path: string, from: string, to: string): void {
    const file = this.path(path);
    writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
  }

  program(name: string, text: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${text}\n`, 0o755);
  }

  /** Headers of a kernel that these compilers built. Its modules hold a word of the metadata that they are built with. */
  headers(name: string, release = this.release): string {
    const config = [
      'CONFIG_CC_VERSION_TEXT="x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0"',
      ...["CONFIG_GCC_VERSION=140200", "CONFIG_RUSTC_VERSION=900807", "CONFIG_RUST=y"],
      'CONFIG_RUSTC_VERSION_TEXT="rustc 9.8.7 (abc 2025-01-01)"',
      ...['CONFIG_BINDGEN_VERSION_TEXT="bindgen 0.71.1"', "CONFIG_PAHOLE_VERSION=130", ""],
    ];
    this.write(`${name}/.config`, config.join("\n"));
    this.write(`${name}/.kernelvariables`, `override KERNELRELEASE = ${release}\n`);
    this.write(`${name}/Module.symvers`, "0x1\t_RNvAlpha\tvmlinux\tEXPORT\n");
    this.write(`${name}/include/generated/a.h`, "#define A 1\n");
    this.write(`${name}/include/config/auto.conf`, "CONFIG_RUST=y\n");
    this.write(`${name}/include/config/kernel.release`, `${release}\n`);
    const rule = `cat $(KBUILD_OUTPUT)/rust/libcore.rmeta >$(M)/knem.ko; echo for ${release} >>$(M)/knem.ko`;
    this.write(`${name}/Makefile`, `KBUILD_OUTPUT=/nowhere\nmodules:\n\t@${rule}\n`);
    return this.path(name);
  }

  /** The source of a series, whose make leaves what the kernel's would. HOOK is run in the middle of it. */
  source(series: string): void {
    const made = `pack/linux-source-${series}/made`;
    this.write(`${made}/rust/exports_core_generated.h`, "EXPORT_SYMBOL_RUST_GPL(_RNvAlpha);\n");
    this.write(`${made}/rust/libcore.rmeta`, `metadata ${series}\n`);
    this.write(`${made}/rust/libmacros.so`, "so");
    this.write(`${made}/include/generated/a.h`, "#define A 1\n");
    this.write(`${made}/include/config/auto.conf`, "CONFIG_RUST=y\n");
    const prepare = `cp -r made/. $(O)\n\techo made >>${this.path("count")}\n\t$(HOOK)`;
    this.write(`pack/linux-source-${series}/Makefile`, `olddefconfig:\n\nprepare:\n\t${prepare}\n`);
    this.pack(series);
  }

  /** Packs the source anew. */
  pack(series: string): void {
    const name = `linux-source-${series}`;
    mkdirSync(this.path("src"), { recursive: true });
    const tarball = this.path("src", `${name}.tar.xz`);
    const { status } = spawnSync("tar", ["-C", this.path("pack"), "-cJf", tarball, name], {
      stdio: "ignore",
    });
    if (status !== 0) throw new Error("the source could not be packed");
  }

  /** How often metadata was made. */
  get made(): number {
    const file = this.path("count");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").length : 0;
  }

  /** What the module that was built holds. */
  get module(): string {
    return readFileSync(this.path("module/knem.ko"), "utf8");
  }

  /** The folders and files of the cache's entries, one level deep. */
  get kept(): string[] {
    const store = this.path("cache/metadata");
    const entries = existsSync(store) ? readdirSync(store) : [];
    return entries.flatMap((entry) =>
      readdirSync(join(store, entry)).map((name) => `${entry.replace(/_\w{16}$/, "")}/${name}`),
    );
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      PATH: `${this.path("bin")}:${this.system}`,
      HOME: this.folder,
      KNEM_CACHE: this.path("cache"),
      KNEM_SOURCES: this.path("src"),
      HOOK: "true",
    };
  }

  /** Runs build.sh to its end. */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** Runs build.sh with a disk of so many KiB for the cache. */
  runOnDisk(kib: number, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    mkdirSync(this.path("cache"), { recursive: true });
    const script = `mount -t tmpfs -o size=${kib}k knem "$KNEM_CACHE"; status=0
      sh "$0" "$@" || status=$?; find "$KNEM_CACHE" -mindepth 2; exit $status`;
    const call = [...namespaces(), "sh", "-c", script, this.path("module/build.sh"), ...args];
    return this.follow("unshare", call, env).ended;
  }

  /** Runs make in the module's folder, as DKMS does. */
  make(...args: string[]): Promise<Ended> {
    const call = ["-j2", `KERNELRELEASE=${this.release}`, "-C", this.path("module"), ...args];
    return this.follow("make", call, {}).ended;
  }

  /** Begins a run of build.sh. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    return this.follow("sh", [this.path("module/build.sh"), ...args], env);
  }

  private follow(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
    const child = spawn(program, args, {
      env: { ...this.environment, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const ended = new Promise<Ended>((resolve) =>
      // At the exit: what was killed may leave others that hold its output.
      child.on("exit", (status) => setTimeout(() => resolve({ status, stdout, stderr }), 50)),
    );
    const prints = async (text: string) => {
      while (!stdout.includes(text)) {
        if (child.exitCode !== null) throw new Error(`it ended without saying ${text}: ${stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    return { child, ended, prints };
  }
}
