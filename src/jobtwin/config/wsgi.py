"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from jobtwin.telemetry.export import export_spans

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobtwin.config.settings")
export_spans(os.environ, service="jobtwin-web")
application = get_wsgi_application()
