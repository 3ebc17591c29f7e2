"""Programs, their cohorts, and what their learners earn.

- What is known of a learner in a cohort is sealed with the learner's own key, and nothing of it
  stands anywhere else. Without the key the row is a number and a place in an order.
- A cohort issues nothing itself: finishing it sends batches, whose rows are named by cohort and
  learner, so that nothing is issued twice.
"""
