# The image of the fleet: Debian, the package, the CloudWatch agent and the definitions of the day. docs/image.md
#
# What stands between "newer" and "end" is nothing that Debian's Packer (1.6.6) knows; scripts/validate.sh leaves it out
# where there is no other.

locals {
  package_version = split("_", basename(var.package))[1]
  codename        = var.debian == "12" ? "bookworm" : "trixie"
  time            = formatdate("YYYYMMDD-hhmm", timestamp())
  # A tilde is not allowed there.
  name = join("-", ["clam-bucket-fleet", replace(local.package_version, "~", "-"), "debian", var.debian, local.time])
  tags = {
    Name            = local.name
    ClamBucketFleet = local.package_version
    Release         = "Debian ${var.debian} (${local.codename})"
    BaseImage       = "{{ .SourceAMI }}"
    BaseImageName   = "{{ .SourceAMIName }}"
  }
}

source "amazon-ebs" "debian" {
  region        = var.region
  instance_type = var.instance_type
  subnet_id     = var.subnet_id

  associate_public_ip_address = var.public_ip

  source_ami_filter {
    # Debian's own account: https://wiki.debian.org/Cloud/AmazonEC2Image
    owners      = ["136693071363"]
    most_recent = true
    filters = {
      name                = "debian-${var.debian}-amd64-*"
      architecture        = "x86_64"
      root-device-type    = "ebs"
      virtualization-type = "hvm"
    }
  }

  ami_name        = local.name
  ami_description = "ClamBucketFleet ${local.package_version} on Debian ${var.debian}"
  ena_support     = true
  encrypt_boot    = true
  kms_key_id      = var.kms_key_id
  tags            = local.tags
  snapshot_tags   = local.tags
  run_tags        = { Name = "Packer: ${local.name}" }
  run_volume_tags = { Name = "Packer: ${local.name}" }
  # newer
  imds_support = "v2.0"
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  temporary_key_pair_type = "ed25519"
  # end

  launch_block_device_mappings {
    device_name = "/dev/xvda"
    volume_type = "gp3"
    volume_size = var.volume_size
    # What gp3 has without extra cost; Debian's Packer knows no default.
    throughput = 125
    iops       = 3000

    encrypted             = true
    kms_key_id            = var.kms_key_id
    delete_on_termination = true
  }

  communicator              = "ssh"
  ssh_username              = "admin"
  ssh_clear_authorized_keys = true
}

# The same into a machine that runs already: packer build -only=null.machine
source "null" "machine" {
  communicator         = "ssh"
  ssh_host             = var.machine_host
  ssh_username         = "admin"
  ssh_private_key_file = var.machine_key
}

build {
  sources = ["source.amazon-ebs.debian", "source.null.machine"]

  # cloud-init still works when sshd answers: it may hold apt's lock, and has not said yet where packages come from.
  provisioner "shell" {
    inline = ["mkdir -p /tmp/image", "cloud-init status --wait >/dev/null || [ $? -eq 2 ]"]
  }

  provisioner "file" {
    source      = "${path.root}/root"
    destination = "/tmp/image"
  }

  provisioner "file" {
    source      = var.package
    destination = "/tmp/image/clambucketfleet.deb"
  }

  provisioner "shell" {
    scripts = [
      "${path.root}/provision/packages.sh",
      "${path.root}/provision/agents.sh",
      "${path.root}/provision/system.sh",
      "${path.root}/provision/definitions.sh",
      "${path.root}/provision/versions.sh",
    ]
    environment_vars = [
      "AGENT_URL=${var.agent_url}",
      "AGENT_SHA256=${var.agent_sha256}",
      "SSM_AGENT_URL=${var.ssm_agent_url}",
      "SSM_AGENT_SHA256=${var.ssm_agent_sha256}",
      "FRESHCLAM_CONF=${var.freshclam_conf}",
    ]
    execute_command = "sudo env {{ .Vars }} bash '{{ .Path }}'"
  }

  provisioner "file" {
    direction   = "download"
    source      = "/etc/clambucketfleet-image"
    destination = "${path.root}/../artifacts/image-${source.name}.versions"
  }

  # The last one: after it nobody can log in any more.
  provisioner "shell" {
    script          = "${path.root}/provision/clean.sh"
    execute_command = "sudo env {{ .Vars }} bash '{{ .Path }}'"
  }

  post-processors {
    post-processor "manifest" {
      only   = ["amazon-ebs.debian"]
      output = "${path.root}/../artifacts/image-manifest.json"
    }
    # Which versions they are is known only now.
    post-processor "shell-local" {
      only   = ["amazon-ebs.debian"]
      script = "${path.root}/tag-image.sh"
    }
  }
}
