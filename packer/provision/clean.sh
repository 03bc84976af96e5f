#!/usr/bin/env bash
# Takes away what belongs to the machine that built the image and not to those that start from it: identities, keys, state
# and traces. After it nobody can log in any more. Root.
set -euo pipefail

systemctl stop amazon-cloudwatch-agent.service clambucketfleet-definitions.timer clambucketfleet.service \
  clamav-daemon.socket clamav-daemon.service 2>/dev/null || true

# ClamAV's servers tell machines apart by it; and what a server asked of this machine does not hold for others.
rm -f /var/lib/clamav/.clambucketfleet/{freshclam.dat,state.json,lock}
rm -rf /var/lib/clambucketfleet /var/log/clambucketfleet

# cloud-init makes new ones at the first boot.
rm -f /etc/ssh/ssh_host_*
find /root /home -path '*/.ssh/*' -delete
find /root /home \( -name '.*_history' -o -name .lesshst -o -name .viminfo -o -name .wget-hsts -o -name .sudo_as_admin_successful \) -delete

# Everything of this instance: the next one is another, with another name, other users' keys and another network.
cloud-init clean --logs --seed
echo localhost >/etc/hostname
rm -f /etc/netplan/50-cloud-init.yaml /etc/network/interfaces.d/50-cloud-init

# Empty, not missing: systemd would take the latter for a factory reset and enable units by its presets.
: >/etc/machine-id
rm -f /var/lib/dbus/machine-id
ln -s /etc/machine-id /var/lib/dbus/machine-id

# Its stop writes the seed, which would be the same on all instances; a later stop finds it stopped.
systemctl stop systemd-random-seed.service || true
rm -f /var/lib/systemd/random-seed /var/lib/systemd/credential.secret
# When timers ran, which is no business of other machines.
rm -f /var/lib/systemd/timers/stamp-*

rm -rf /usr/sbin/policy-rc.d /var/lib/dhcp/*.leases /run/systemd/netif/leases/*
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/lib/dpkg/*-old

# What the shutdown says goes with the memory.
mkdir -p /run/systemd/journald.conf.d
printf '[Journal]\nStorage=volatile\n' >/run/systemd/journald.conf.d/clean.conf
systemctl restart systemd-journald.service
rm -rf /var/log/journal/*
find /var/log /opt/aws/*/logs -type f -delete 2>/dev/null || true
find /tmp /var/tmp -mindepth 1 -delete 2>/dev/null || true
sync
