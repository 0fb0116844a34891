"""The review of a run: readers look at every image, agree or not, and their answers are kept."""
