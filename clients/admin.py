"""The settings' pages: who is answered for, by whom, and how."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import (
    Assignment,
    AuditEntry,
    Bureau,
    Client,
    ClientMember,
    Correspondent,
    CorrespondentNumber,
    DirectoryEntry,
    Endpoint,
    Instruction,
    Line,
    Membership,
    PracticalInfo,
    StockPhrase,
    TriageGuide,
    TriageSign,
    User,
)
from clients.services.access import note_changed_access
from clients.services.audit import record_access
from clients.services.correspondents import search_text_of


class MembershipInline(admin.TabularInline):
    """What a person may do in a bureau."""

    model = Membership
    extra = 0


class EndpointInline(admin.TabularInline):
    """The telephones that ring her."""

    model = Endpoint
    fk_name = "user"
    extra = 0


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People. A new person chooses her password through « forgotten password »."""

    list_display = ("full_name", "email", "is_active")
    search_fields = ("full_name", "email")
    fields = ("email", "full_name", "first_name", "language", "is_active", "is_superuser")
    inlines = (MembershipInline, EndpointInline)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the memberships, and have the person's open screens follow them."""
        super().save_related(request, form, formsets, change)
        note_changed_access([form.instance])


@admin.register(Bureau)
class BureauAdmin(admin.ModelAdmin):
    """Bureaus."""

    list_display = ("name", "timezone")


class LineInline(admin.TabularInline):
    """The client's numbers."""

    model = Line
    extra = 0


class AssignmentInline(admin.TabularInline):
    """Who answers."""

    model = Assignment
    extra = 0


class MemberInline(admin.TabularInline):
    """Who signs in to the portal and receives messages."""

    model = ClientMember
    extra = 0


class InstructionInline(admin.TabularInline):
    """The client's directives."""

    model = Instruction
    extra = 0


class PracticalInfoInline(admin.TabularInline):
    """What callers ask every hour."""

    model = PracticalInfo
    extra = 0


class DirectoryInline(admin.TabularInline):
    """Whom callers may be put through to."""

    model = DirectoryEntry
    extra = 0


class StockPhraseInline(admin.TabularInline):
    """Sentences said as they stand."""

    model = StockPhrase
    extra = 0


@admin.register(Client)
class ClientAdmin(admin.ModelAdmin):
    """Clients, with everything that hangs below them."""

    list_display = ("name", "bureau", "trade", "agenda_mode", "archived_at")
    list_filter = ("trade", "bureau")
    search_fields = ("name",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = (
        LineInline,
        AssignmentInline,
        MemberInline,
        InstructionInline,
        PracticalInfoInline,
        DirectoryInline,
        StockPhraseInline,
    )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what hangs below, and have the open screens of old and new people follow."""
        before = set(people_of(form.instance))
        super().save_related(request, form, formsets, change)
        note_changed_access(before | set(people_of(form.instance)))


def people_of(client: Client) -> QuerySet[User]:
    """Give those who answer the client and those who belong to it."""
    return User.objects.filter(
        Q(assignments__client=client) | Q(client_memberships__client=client)
    ).distinct()


class TriageSignInline(admin.TabularInline):
    """The signs of a guide."""

    model = TriageSign
    extra = 0


@admin.register(TriageGuide)
class TriageGuideAdmin(admin.ModelAdmin):
    """Guides for judging an emergency."""

    list_display = ("client", "valid_from", "valid_until")
    inlines = (TriageSignInline,)


class NumberInline(admin.TabularInline):
    """The numbers of a known caller."""

    model = CorrespondentNumber
    extra = 0


@admin.register(Correspondent)
class CorrespondentAdmin(admin.ModelAdmin):
    """Known callers; found by the words that the services write."""

    list_display = ("last_name", "first_name", "birth_date", "client")
    search_fields = ("last_name", "first_name")
    inlines = (NumberInline,)

    def save_model(self, request: HttpRequest, obj: Correspondent, form: Any, change: bool) -> None:
        """Save the person with the words by which the desk finds her."""
        obj.search_text = search_text_of(obj)
        super().save_model(request, obj, form, change)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the person's page, and keep that it was opened."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        found = self.get_object(request, object_id)
        if found is not None and isinstance(request.user, User):
            now, by = timezone.now(), request.user
            record_access(by=by, targets=[found], client=found.client, at=now)
        return answer


class LooksOrActs(admin.SimpleListFilter):
    """Who looked at files, or who did something."""

    title = _("looked at or done")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Give the two kinds."""
        return [("looks", _("looked at")), ("acts", _("done"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Keep one kind."""
        entries = AuditEntry.objects.all()
        kept = {"looks": entries.accesses(), "acts": entries.acts()}.get(self.value() or "")
        return None if kept is None else queryset & kept


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """Who did what, and who looked at what: read only."""

    list_display = ("at", "by", "action", "kind_of_object", "target_uuid", "client")
    list_filter = (
        LooksOrActs,
        ("by", admin.RelatedOnlyFieldListFilter),
        ("client", admin.RelatedOnlyFieldListFilter),
        "action",
    )
    list_select_related = ("by", "client")
    search_fields = ("target_uuid",)
    search_help_text = _("an object’s UUID, as its address shows it")
    date_hierarchy = "at"

    @admin.display(description=_("of what"), ordering="target_label")
    def kind_of_object(self, entry: AuditEntry) -> str:
        """Name the kind of object as people do."""
        try:
            return str(apps.get_model(entry.target_label)._meta.verbose_name)
        except (LookupError, ValueError):
            return entry.target_label

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes the audit by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody corrects it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody erases it."""
        return False
