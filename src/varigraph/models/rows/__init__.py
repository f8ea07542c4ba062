"""Models of rows: AE, denoising AE, VAE and anomaly detector, as scikit-learn estimators."""
