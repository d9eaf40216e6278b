"What the commands of `hcr` do"
