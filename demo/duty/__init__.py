"""How units and their people hear: a webhook that comes back, officers who read or not, a late joiner."""
