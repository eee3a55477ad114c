# A root as Raspberry Pi OS Lite comes: no Wren, no pip, no venv, nothing that the bundle is to bring. Sourced by `boot`; a
# change here makes it anew.
furnish() { # furnish ROOT: the first user, the groups that Raspberry Pi OS brings, and what the stand-in of bluetoothd needs
  local new=$1 version
  for group in gpio bluetooth netdev i2c spi; do
    in_root "$new" getent group "$group" >/dev/null || in_root "$new" groupadd --system "$group"
  done
  in_root "$new" useradd --create-home --shell /bin/bash --groups sudo,gpio,netdev tech
  install -m 0440 <(echo "tech ALL=(ALL) NOPASSWD: ALL") "$new/etc/sudoers.d/010_pi-nopasswd"
  rm -f "$new"/etc/ssh/ssh_host_*
  version=$(in_root "$new" python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  sed -n '/^dbus-fast==/,/^[^ ]/p' requirements/run.txt | sed '1b;/^ /!d' >"$scratch/dbus-fast.txt"
  "$python" -m uv pip install --quiet --require-hashes --no-deps --only-binary :all: --link-mode copy \
    --python-version "$version" --python-platform "$(uname -m)-manylinux_2_36" --target "$new/opt/stage/lib" \
    -r "$scratch/dbus-fast.txt"
  say "it has Python $version"
}
packages=systemd,systemd-sysv,systemd-timesyncd,libpam-systemd,dbus,openssh-server,sudo,python3-minimal,python3,bluez,rfkill
packages+=,iproute2,procps,kmod,tzdata,ca-certificates,unattended-upgrades
base_root install-stage "$packages" furnish tests/install_stage/root.sh requirements/run.txt
