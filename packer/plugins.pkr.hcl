# Alone in its file: Debian's Packer, 1.6.6, knows no such block and has the plugin within.
packer {
  required_version = ">= 1.9.0"

  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = "~> 1.3"
    }
  }
}
