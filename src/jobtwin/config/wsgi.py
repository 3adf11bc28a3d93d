"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from jobtwin.telemetry.export import export_spans

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobtwin.config.settings")
export_spans(os.environ, service="jobtwin-web")
application = get_wsgi_application()

# What is loaded by now stays for the life of the process: no collection has to walk through it again.
gc.collect()
gc.freeze()
