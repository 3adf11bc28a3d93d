"""The injection guard: says where a submission speaks to a grader or a model. It flags and never grades."""

from jobtwin.review.scan.folders import scan_path, scan_tree
from jobtwin.review.scan.found import ScannedFile, Suspicion
from jobtwin.review.scan.limits import ScanLimits
from jobtwin.review.scan.scanner import Scanner

__all__ = ["ScanLimits", "ScannedFile", "Scanner", "Suspicion", "scan_path", "scan_tree"]
