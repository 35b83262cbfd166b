"""Writ obeys a legal order about who may use which AI model, and about nobody else."""

__version__ = "0.1.0"
