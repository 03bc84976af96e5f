# What goes into the image.

variable "package" {
  type        = string
  description = "Path of the Debian package that make deb builds: artifacts/clambucketfleet_<version>_amd64.deb."

  validation {
    condition     = regex_replace(var.package, "^(.*/)?clambucketfleet_[^_/]+_amd64\\.deb$", "") == ""
    error_message = "The package has to be a file named clambucketfleet_<version>_amd64.deb: make deb builds it."
  }
}

variable "debian" {
  type        = string
  default     = "12"
  description = "The release of Debian: 12 or 13."

  validation {
    condition     = contains(["12", "13"], var.debian)
    error_message = "The release of Debian has to be 12 or 13."
  }
}

variable "agent_url" {
  type        = string
  default     = "https://amazoncloudwatch-agent.s3.amazonaws.com/debian/amd64/latest/amazon-cloudwatch-agent.deb"
  description = "Where the CloudWatch agent's Debian package is. With a version in place of \"latest\", builds can be repeated."

  validation {
    condition     = regex_replace(var.agent_url, "^https?://[^[:space:]']+$", "") == ""
    error_message = "The agent's URL has to begin with https://."
  }
}

variable "agent_sha256" {
  type        = string
  description = "The agent's checksum. packer/agent-checksum.sh prints that of a package with Amazon's signature; make ami asks it."

  validation {
    condition     = regex_replace(var.agent_sha256, "^[0-9a-f]{64}$", "") == ""
    error_message = "The agent's checksum has to be a SHA-256 in 64 lower-case hexadecimal digits: packer/agent-checksum.sh prints it."
  }
}

variable "ssm_agent_url" {
  type        = string
  default     = ""
  description = "Where the Systems Manager agent's Debian package is, for a stack with SessionManager. Empty: the image has none."
}

variable "ssm_agent_sha256" {
  type        = string
  default     = ""
  description = "The checksum of the Systems Manager agent's package."

  validation {
    condition     = regex_replace(var.ssm_agent_sha256, "^([0-9a-f]{64})?$", "") == ""
    error_message = "The checksum has to be a SHA-256 in 64 lower-case hexadecimal digits."
  }
}

variable "freshclam_conf" {
  type        = string
  default     = ""
  description = "The text of a freshclam.conf in place of the package's, for a mirror of your own. Its definitions go into the image."
}

# Where it is built.

variable "region" {
  type        = string
  default     = "us-east-1"
  description = "The region that the image is built in and belongs to. make ami takes the AWS CLI's."
}

variable "instance_type" {
  type        = string
  default     = "t3.medium"
  description = "The instance that builds. Testing definitions takes 2 GiB of memory: at least 4."
}

variable "subnet_id" {
  type        = string
  default     = ""
  description = "The subnet to build in. Empty: one of the default VPC."
}

variable "public_ip" {
  type        = bool
  default     = true
  description = "Whether the building instance gets a public address; without one, Packer has to reach its private address."
}

variable "volume_size" {
  type        = number
  default     = 16
  description = "Size of the root volume in GiB; a stack can enlarge it (VolumeSize)."

  validation {
    condition     = var.volume_size >= 8
    error_message = "The volume has to have 8 GiB at least."
  }
}

variable "kms_key_id" {
  type        = string
  default     = ""
  description = "The key that encrypts the image. Empty: the account's own for EBS. To share the image, it has to be one of yours."
}

# A machine that runs already, in place of one in AWS; the tests build in one.

variable "machine_host" {
  type        = string
  default     = "127.0.0.1"
  description = "Where its sshd listens."
}

variable "machine_key" {
  type        = string
  default     = ""
  description = "Path of the private key of its user admin."
}
