"""How allauth finds, makes and reaches our users: staff by password, residents by phone and one-time code."""

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pingzhan.access.models import User
from pingzhan.core.client_address import client_address
from pingzhan.core.clock import now
from pingzhan.core.ids import random_code
from pingzhan.core.outbox import queue
from pingzhan.core.sealed import blind_index, normalise_phone


class PhoneField(forms.CharField):
    """A phone number, blanks and dashes allowed; cleaned to digits with an optional leading +."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("手机号码"))
        super().__init__(max_length=24, **kwargs)

    def clean(self, value: Any) -> str:
        phone = normalise_phone(super().clean(value) or "")
        if phone and not (phone.lstrip("+").isdigit() and 7 <= len(phone.lstrip("+")) <= 15):
            raise forms.ValidationError(_("请输入正确的手机号码"))
        return phone


# In our words: allauth's Chinese calls a wrong code a "code of an error".
_SAID = {
    "account_inactive": gettext_lazy("这个账号已停用，请联系所在单位的管理员。"),
    "enter_current_password": gettext_lazy("现在的密码不对，请重新填写。"),
    "incorrect_code": gettext_lazy("验证码不对，请核对后重新填写。"),
    "incorrect_password": gettext_lazy("密码不对，请重新填写。"),
    "phone_password_mismatch": gettext_lazy("用户名、手机号码或密码不对，请核对后重新填写。"),
    "rate_limited": gettext_lazy("操作太频繁，请过一会儿再试。"),
    "same_as_current": gettext_lazy("新的和现在的一样，请换一个。"),
    "too_many_login_attempts": gettext_lazy("填错的次数太多，请过几分钟再试。"),
    "username_password_mismatch": gettext_lazy("用户名、手机号码或密码不对，请核对后重新填写。"),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | _SAID

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # residents come in by their phone (ResidentCodeForm), staff are appointed

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def generate_login_code(self) -> str:
        return f"{secrets.randbelow(1_000_000):06d}"

    def generate_phone_verification_code(self, *, user: AbstractBaseUser, phone: str) -> str:
        return self.generate_login_code()  # digits: read out and typed by everybody

    def send_verification_code_sms(self, user: AbstractBaseUser, phone: str, code: str, **kwargs: Any) -> None:
        words = _("您的登录验证码是 %(code)s，5 分钟内有效。请勿告诉他人。") % {"code": code}
        queue(channel="sms", to=phone, text=words, at=now(), template="login.code")

    def set_phone(self, user: AbstractBaseUser, phone: str, verified: bool) -> None:
        assert isinstance(user, User)
        user.phone = phone
        user.phone_index = _index(phone)
        user.phone_verified = verified
        user.save(update_fields=["phone", "phone_index", "phone_verified"])

    def get_phone(self, user: AbstractBaseUser) -> tuple[str, bool] | None:
        assert isinstance(user, User)
        return (user.phone.open(), user.phone_verified) if user.phone_index else None

    def set_phone_verified(self, user: AbstractBaseUser, phone: str) -> None:
        assert isinstance(user, User)
        found = User.objects.filter(pk=user.pk, phone_index=_index(phone))
        # On the object too: allauth goes on with it, and would ask for a second code.
        user.phone_verified = bool(found.update(phone_verified=True))

    def get_user_by_phone(self, phone: str) -> AbstractBaseUser | None:
        return User.objects.filter(phone_index=_index(phone), is_active=True).first()


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": _SAID["incorrect_code"]}


class ResidentCodeForm(RequestLoginCodeForm):
    """Asks for a phone number only; a number seen for the first time gets an account with no rights.

    So everybody takes the same way in, and the page does not tell which numbers are known.
    """

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if phone and not User.objects.filter(phone_index=_index(phone)).exists():
            User(
                username=f"resident-{random_code(10).lower()}",
                name=str(_("居民")),
                phone=phone,
                phone_index=_index(phone),
                password="!",  # noqa: S106 (no password opens it)
                created_at=now(),
            ).save(force_insert=True)
        return str(super().clean_phone())


def _index(phone: str) -> str:
    return blind_index(normalise_phone(phone), purpose="user.phone")
