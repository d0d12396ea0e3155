"""The location problem: data, rules, objective, plan and the plan checker."""
