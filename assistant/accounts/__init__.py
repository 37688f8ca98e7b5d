"""Who may use Zhida: accounts, roles, one-time links, sessions and keys."""
