#!/bin/bash
# A Pi to provision: a copy-on-write copy of this machine's own system (Debian), entered through a real sshd on loopback.
# Runs in mount and process namespaces of its own. It must never set this machine's clock: CAP_SYS_TIME is dropped.
# Usage: pi.sh FOLDER PORT
set -euo pipefail
folder=$1 port=$2
memory=$folder/memory
mkdir -p "$memory"
mount -t tmpfs -o mode=0755 tmpfs "$memory"
mkdir "$memory"/{up,work,root}
mount -t overlay -o "lowerdir=/,upperdir=$memory/up,workdir=$memory/work" overlay "$memory/root"
root=$memory/root
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mkdir -p "$root/run/lock" "$root/run/sshd"
mount --rbind /dev "$root/dev"
mount -t sysfs -o ro sysfs "$root/sys"
[ ! -e "$folder/prepare" ] || bash "$folder/prepare" "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
cat >"$folder/enter" <<END
#!/bin/bash
[ ! -e "$folder/log-in" ] || bash "$folder/log-in" "$folder" 2>/dev/null
exec setpriv --bounding-set -sys_time,-sys_boot,-sys_module chroot --userspec=\$(cat "$folder/user") "$root" \
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root bash -c "\${SSH_ORIGINAL_COMMAND:-true}"
END
chmod 0755 "$folder/enter"
mount -t tmpfs -o mode=0755 tmpfs /run # of this namespace alone: sshd wants a folder in it
mount -t tmpfs -o mode=0755 tmpfs "$(getent passwd root | cut -d: -f6)" # nobody's .bashrc is run here
mkdir /run/sshd
exec /usr/sbin/sshd -D -e -f "$folder/sshd_config" -p "$port"
