.DEFAULT_GOAL := help
.PHONY: help build test truth chaos lint deb lint-deb ami validate test-system test-journey figures scaling demo run clean

ARGS ?= run

help: ## Show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build everything in Release
	@scripts/build.sh

test: ## Install what is missing, build, lint, run every test
	@scripts/test.sh

test-system: ## Run the tests that boot Debian machines with the package (as root)
	@scripts/test-system.sh

test-journey: ## Walk the README's chapter on AWS against a stand-in, by its own commands (as root)
	@scripts/test-journey.sh

figures: ## Measure the package on such machines; write docs/package.md and docs/operating.md
	@scripts/figures.sh

truth: ## Ask both engines about hostile inputs and write what they say to docs/truth.md
	@scripts/truth.sh

chaos: ## Random work and faults against a model (SECONDS=120 SEEDS="1 2 3"; without seeds one of chance)
	@scripts/chaos.sh "$(or $(SECONDS),120)" "$(SEEDS)"

scaling: ## Play arrivals against the stack's alarms; write docs/scaling.md (STACK=name: print it for a stack of yours)
	@scripts/scaling.sh $(STACK)

lint: ## Check formatting, analyzers and shell scripts
	@scripts/lint.sh

deb: ## Build the Debian package into artifacts/
	@scripts/make-deb.sh

lint-deb: ## Check the Debian package with lintian and piuparts (SUITE=bookworm|trixie)
	@scripts/lint-deb.sh

ami: ## Build the fleet's image in AWS (ARGS="-var debian=13"); prints its ImageId
	@scripts/make-ami.sh $(if $(filter-out file,$(origin ARGS)),$(ARGS))

validate: ## Check the image's and the stack's descriptions, without AWS
	@scripts/validate.sh

demo: ## Watch infected uploads being found (ENGINE=clamd|clamscan, ACTION=delete|quarantine|tag|none)
	@demo/run.sh

run: ## Run the program from source (ARGS="scan s3://bucket/key")
	@dotnet run --project src/ClamBucketFleet.Daemon --configuration Release -- $(ARGS)

clean: ## Remove what was built
	@rm -rf artifacts
	@find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
