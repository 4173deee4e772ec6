"""What can be done. Only services change the database: one commit per public function."""
