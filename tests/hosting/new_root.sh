#!/bin/sh
# Runs a command in a file system of its own: a read-only root that has a system, a Python and the code in
# /home/user/app, with /tmp to write to and, where one is named, a volume at /data.
#   new_root.sh ROOT USER CODE VOLUME "PATHS" SITE PACKAGES COMMAND...
# Of site-packages at SITE it has what the lines of the file PACKAGES name. PATHS are where Python lies.
# To be run by unshare in a mount namespace of its own. USER is "uid:gid", or "" to stay who one is; VOLUME may be "".
set -eu
root=$1 user=$2 code=$3 volume=$4 paths=$5 site=$6 packages=$7
shift 7

mount -t tmpfs -o mode=755 none "$root"
mkdir -p "$root/home/user/app" "$root/tmp"
# First, since Python itself may lie in /tmp: what is bound later is then on top of it.
mount -t tmpfs -o mode=1777 none "$root/tmp"

bind() { # a folder or file, at its own path, whoever may enter what is above it
  mkdir -p "$root$(dirname "$1")"
  if [ -L "$1" ]; then cp -P "$1" "$root$1"; return; fi
  if [ -d "$1" ]; then mkdir -p "$root$1"; else : > "$root$1"; fi
  mount --rbind "$1" "$root$1"
}

for path in /bin /sbin /lib /lib64 /lib32 /usr /etc /proc /dev /sys; do
  if [ -e "$path" ]; then bind "$path"; fi
done
for prefix in $paths; do
  case "$prefix" in /usr | /usr/*) continue ;; esac
  for child in "$prefix"/*; do bind "$child"; done
done
mount -t tmpfs -o mode=755 none "$root$site"
while read -r package; do bind "$site/$package"; done < "$packages"
for part in app.py requirements.txt imagestudio; do
  if [ -d "$code/$part" ]; then mkdir "$root/home/user/app/$part"; else : > "$root/home/user/app/$part"; fi
  mount --bind "$code/$part" "$root/home/user/app/$part"
  mount -o remount,bind,ro "$root/home/user/app/$part"
done
if [ -n "$volume" ]; then
  mkdir "$root/data"
  mount --bind "$volume" "$root/data"
fi
mount -o remount,bind,ro "$root"
exec chroot ${user:+--userspec="$user"} "$root" /bin/sh -c 'cd /home/user/app && exec "$@"' sh "$@"
