terraform {
  required_version = ">= 1.6"

  required_providers {
    postgresql = {
      source  = "cyrilgdn/postgresql"
      version = "~> 1.22"
    }
  }
}

variable "database_host" {
  description = "Host of the shop's PostgreSQL"
  type        = string
}

provider "postgresql" {
  host    = var.database_host
  sslmode = "verify-full"
}

resource "postgresql_role" "checkout" {
  name             = "checkout"
  login            = true
  connection_limit = 200
}

resource "postgresql_database" "orders" {
  name  = "orders"
  owner = postgresql_role.checkout.name
}
