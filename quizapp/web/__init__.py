"""HTTP: a view is a form, one service call, one page object, a template."""
