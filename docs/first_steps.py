# %% [markdown]
# # First steps
# A notebook in cells, for Jupyter, VS Code or Spyder. It needs `pip install 'mammocalc[frames]'` and `sample_data`.

# %%
from pathlib import Path

import mammocalc as mc

samples = Path("sample_data")

# %% [markdown]
# ## One image
# The last line of a cell shows the picture with its tables.

# %%
image = mc.read(samples / "05_segmental.dcm")
result = mc.analyse(image)
result

# %% [markdown]
# The distribution is argued: a label, the probabilities of the five descriptors, and the reasons.

# %%
print(result.distribution)
print(*result.distribution.reasons, sep="\n")
{label.value: round(share, 3) for label, share in result.distribution.probabilities.items()}

# %% [markdown]
# Calcifications as a table, and the picture as a file.

# %%
frame = result.to_frame()
result.overlay().save("segmental.png")
frame[["row_px", "column_px", "diameter_mm", "size", "morphology"]].head()

# %% [markdown]
# ## What does a threshold change?

# %%
{sigma: len(mc.analyse(image, **{"detect.threshold_sigma": sigma}).calcifications) for sigma in (6.0, 9.0, 12.0)}

# %% [markdown]
# ## A folder
# Failures are rows of `files()`, with what to do.

# %%
run = mc.run(samples, out="run")
run

# %%
run.images().groupby("distribution")["n_calcifications"].describe()[["count", "mean", "max"]]

# %%
sizes = run.calcifications().merge(run.images()[["sop_instance_uid", "path"]], on="sop_instance_uid")
sizes.groupby("path")["diameter_mm"].median()

# %% [markdown]
# ## Against the truth

# %%
print(mc.evaluate(run, truth=samples / "truth"))
