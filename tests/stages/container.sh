# The root file system of a stage, for its `boot` (sourced): suite, name and scratch are what `enter` has given it.
started=$SECONDS

cannot() {
  echo "$1"
  exit 77
}
say() { echo "    $((SECONDS - started)) s: $1"; }
in_root() { # in_root ROOT COMMAND...: what is typed on a gateway; nothing of this machine's settings
  env -i PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 chroot "$@"
}

probe() { # is it possible at all? An empty root with this machine's programs in it
  mkdir -p "$scratch/probe/usr" "$scratch/probe/etc"
  for link in bin sbin lib lib64; do
    [ ! -L "/$link" ] || ln -s "usr/$link" "$scratch/probe/$link"
  done
  timeout 20 tests/stages/container "$name" "$scratch/probe" --private-network --bind-ro=/usr --as-pid2 /usr/bin/true \
    >"$scratch/probe.log" 2>&1 || cannot "systemd-nspawn does not work here: $(tail -n 1 "$scratch/probe.log")"
}

mirror() { # sets `mirror` to the one that apt uses on this machine for the release that this machine runs
  local codename
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  # shellcheck disable=SC2016 # apt's and awk's own
  mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$codename" '$1 == release && $2 == "main" { print $3; exit }')
  [ -n "$mirror" ] || cannot "apt names no mirror on this machine"
}

base_root() { # base_root STAGE PACKAGES FURNISH FILES...: sets `base`, made once for each content of FILES and this one
  local stage=$1 packages=$2 furnish=$3 cache new
  shift 3
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/wren/$stage
  base=$cache/$suite-$(cat tests/stages/container.sh "$@" | sha256sum | cut -c 1-16)
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock --wait 600 9
  if [ ! -d "$base" ]; then
    mirror
    rm -rf "$cache/$suite-"* # of versions before this one
    new=$cache/$suite-new
    mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
      --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
      "$suite" "$new" "$mirror" >"$scratch/mmdebstrap.log" 2>&1 ||
      cannot "no root file system can be made: $(grep -E '^(E|Err|W)' "$scratch/mmdebstrap.log" | tail -n 1)"
    say "a root file system ($suite) was made"
    "$furnish" "$new"
    mv "$new" "$base"
  fi
  flock --shared 9
}

over() { # over BASE NAME: sets `root`, a throw-away layer in memory over it
  local layer=$scratch/$2
  root=$layer/root
  mkdir -p "$root" "$layer/upper" "$layer/work"
  mount -t overlay -o "lowerdir=$1,upperdir=$layer/upper,workdir=$layer/work" overlay "$root"
}
