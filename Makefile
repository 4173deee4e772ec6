# Aliases for those whose fingers say make; everything happens in dev.py.
.PHONY: run test lint format bench pictures build
run test lint format bench pictures build:
	@python3 dev.py $@
