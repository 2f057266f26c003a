from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "pingzhan.web"
    label = "web"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from pingzhan.web.signing_in import confirm_by_code

        user_logged_in.connect(confirm_by_code, dispatch_uid="confirm_by_code")
