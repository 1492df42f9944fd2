import circulation.policy.notices
import circulation.policy.rules
import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.math
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_library_and_people'),
        ('catalog', '0001_catalogue'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Loan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issued_at', models.DateTimeField(db_index=True, verbose_name='issued')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('returned_at', models.DateTimeField(blank=True, null=True, verbose_name='returned')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('outcome', models.CharField(blank=True, choices=[('returned', 'returned'), ('lost', 'lost'), ('undone', 'undone')], max_length=10, verbose_name='outcome')),
                ('renewals', models.PositiveIntegerField(default=0, verbose_name='renewals')),
                ('claimed_returned_at', models.DateTimeField(blank=True, null=True, verbose_name='member says it was returned')),
                ('explanation', models.JSONField(blank=True, default=dict, verbose_name='why this due date')),
                ('forgiven_fine', models.JSONField(blank=True, default=dict, verbose_name='fine forgiven when the copy was marked lost')),
                ('found_at', models.DateTimeField(blank=True, null=True, verbose_name='lost copy found')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch', verbose_name='branch')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membercategory', verbose_name='member category')),
                ('copy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='catalog.copy', verbose_name='copy')),
                ('copy_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.copytype', verbose_name='copy type')),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='accounts.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'loan',
                'verbose_name_plural': 'loans',
                'ordering': ['-issued_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('overdue', 'Overdue fine'), ('replacement', 'Replacement'), ('processing', 'Processing fee'), ('other', 'Other charge'), ('payment', 'Payment'), ('waiver', 'Waiver'), ('write_off', 'Write-off'), ('refund', 'Refund'), ('overpayment', 'Overpayment'), ('void', 'Reversal')], max_length=12, verbose_name='kind')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('allocated_minor', models.BigIntegerField(default=0, verbose_name='settled')),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('explanation', models.JSONField(blank=True, default=dict, verbose_name='explanation')),
                ('branch', models.ForeignKey(blank=True, help_text='Where money changed hands.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch', verbose_name='desk')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='accounts.member', verbose_name='member')),
                ('voids', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voided_by', to='circulation.ledgerentry', verbose_name='reverses')),
                ('loan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='circulation.loan', verbose_name='loan')),
            ],
            options={
                'verbose_name': 'ledger entry',
                'verbose_name_plural': 'ledger entries',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('placed_at', models.DateTimeField(verbose_name='placed')),
                ('rank', models.BigIntegerField(default=0, verbose_name='order in the queue')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='not before')),
                ('not_after', models.DateField(blank=True, null=True, verbose_name='not after')),
                ('is_suspended', models.BooleanField(default=False, verbose_name='suspended')),
                ('suspended_until', models.DateField(blank=True, null=True, verbose_name='suspended until')),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('ready', 'ready for pickup'), ('filled', 'filled'), ('expired', 'expired'), ('cancelled', 'cancelled')], default='waiting', max_length=10, verbose_name='status')),
                ('ready_at', models.DateTimeField(blank=True, null=True, verbose_name='ready since')),
                ('pickup_by', models.DateField(blank=True, null=True, verbose_name='pick up by')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='catalog.book', verbose_name='book')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch', verbose_name='pickup at')),
                ('copy', models.ForeignKey(blank=True, help_text='Empty: any copy of the book.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='copy_holds', to='catalog.copy', verbose_name='this copy only')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='accounts.member', verbose_name='member')),
                ('trapped_copy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='trapped_holds', to='catalog.copy', verbose_name='copy on the hold shelf')),
                ('loan', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='filled_hold', to='circulation.loan', verbose_name='filled by')),
            ],
            options={
                'verbose_name': 'hold',
                'verbose_name_plural': 'holds',
                'ordering': ['rank', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[(circulation.policy.notices.Kind['DUE_SOON'], 'due soon'), (circulation.policy.notices.Kind['OVERDUE'], 'overdue'), (circulation.policy.notices.Kind['HOLD_READY'], 'hold ready for pickup'), (circulation.policy.notices.Kind['HOLD_EXPIRED'], 'hold not picked up in time'), (circulation.policy.notices.Kind['MEMBERSHIP_ENDING'], 'membership ends soon')], max_length=20, verbose_name='kind')),
                ('due_on', models.DateField(verbose_name='due date')),
                ('step', models.PositiveIntegerField(default=0, verbose_name='days before or after')),
                ('state', models.CharField(choices=[('due', 'due'), ('sent', 'sent'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='due', max_length=10, verbose_name='state')),
                ('not_before', models.DateTimeField(verbose_name='not before')),
                ('hold', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='circulation.hold', verbose_name='hold')),
                ('loan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='circulation.loan', verbose_name='loan')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='accounts.member', verbose_name='member')),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notices', to='accounts.message', verbose_name='message')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='NoticeText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[(circulation.policy.notices.Kind['DUE_SOON'], 'due soon'), (circulation.policy.notices.Kind['OVERDUE'], 'overdue'), (circulation.policy.notices.Kind['HOLD_READY'], 'hold ready for pickup'), (circulation.policy.notices.Kind['HOLD_EXPIRED'], 'hold not picked up in time'), (circulation.policy.notices.Kind['MEMBERSHIP_ENDING'], 'membership ends soon'), (circulation.policy.notices.Kind['FRAME'], 'greeting and close')], max_length=20, verbose_name='kind')),
                ('language', models.CharField(choices=[('en', 'English'), ('de', 'German')], max_length=10, verbose_name='language')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('body', models.TextField(max_length=4000, verbose_name='text')),
            ],
            options={
                'verbose_name': 'text of notices',
                'verbose_name_plural': 'texts of notices',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'language'), name='one_text_per_kind_and_language')],
            },
        ),
        migrations.CreateModel(
            name='OnSiteUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch', verbose_name='branch')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('copy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='on_site_uses', to='catalog.copy', verbose_name='copy')),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'use in the library',
                'verbose_name_plural': 'uses in the library',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')], verbose_name='weekday')),
                ('opens_at', models.TimeField(verbose_name='opens')),
                ('closes_at', models.TimeField(verbose_name='closes')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opening_hours', to='accounts.branch', verbose_name='branch')),
            ],
            options={
                'verbose_name': 'opening hours',
                'verbose_name_plural': 'opening hours',
                'ordering': ['branch', 'weekday'],
            },
        ),
        migrations.CreateModel(
            name='CirculationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('loan_period', models.IntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(36500)], verbose_name='loan period')),
                ('loan_unit', models.CharField(blank=True, choices=[(circulation.policy.rules.Unit['DAYS'], 'days'), (circulation.policy.rules.Unit['HOURS'], 'hours')], max_length=5, verbose_name='unit')),
                ('due_date_mode', models.CharField(blank=True, choices=[(circulation.policy.rules.DueDateMode['DAYS'], 'the exact day, open or not'), (circulation.policy.rules.DueDateMode['CALENDAR'], 'only open days count'), (circulation.policy.rules.DueDateMode['DATEDUE'], 'moved to the next open day'), (circulation.policy.rules.DueDateMode['DAYWEEK'], 'moved by whole weeks')], max_length=10, verbose_name='closed days and the due date')),
                ('fixed_due_on', models.DateField(blank=True, null=True, verbose_name='fixed due date')),
                ('clears_fixed_due_on', models.BooleanField(default=False, verbose_name='no fixed due date')),
                ('fixed_due_mode', models.CharField(blank=True, choices=[(circulation.policy.rules.FixedDueMode['BEFORE'], 'at the latest'), (circulation.policy.rules.FixedDueMode['EXACTLY'], 'exactly'), (circulation.policy.rules.FixedDueMode['AFTER'], 'at the earliest')], max_length=10, verbose_name='the fixed date holds')),
                ('max_loans', models.IntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-1), django.core.validators.MaxValueValidator(36500)], verbose_name='most loans')),
                ('max_renewals', models.IntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-1), django.core.validators.MaxValueValidator(36500)], verbose_name='most renewals')),
                ('renewal_period', models.IntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-1), django.core.validators.MaxValueValidator(36500)], verbose_name='renewal period')),
                ('no_renewal_before', models.IntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-1), django.core.validators.MaxValueValidator(36500)], verbose_name='no renewal earlier than days before')),
                ('fine_amount_minor', models.BigIntegerField(blank=True, null=True, verbose_name='fine')),
                ('fine_period', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(36500)], verbose_name='for each')),
                ('fine_charged_at', models.CharField(blank=True, choices=[(circulation.policy.rules.FineChargedAt['PERIOD_END'], 'when a period is over'), (circulation.policy.rules.FineChargedAt['PERIOD_START'], 'when a period begins')], max_length=12, verbose_name='charged')),
                ('grace_period', models.IntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(36500)], verbose_name='grace period')),
                ('grace_included', models.BooleanField(blank=True, null=True, verbose_name='grace days are charged once it is exceeded')),
                ('fine_cap_minor', models.BigIntegerField(blank=True, null=True, verbose_name='highest fine')),
                ('cap_fine_to_price', models.BooleanField(blank=True, null=True, verbose_name="never above the copy's price")),
                ('charge_closed_days', models.BooleanField(blank=True, null=True, verbose_name='closed days are charged')),
                ('suspension_days', models.IntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(36500)], verbose_name='days barred for each day late')),
                ('suspension_max', models.IntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-1), django.core.validators.MaxValueValidator(36500)], verbose_name='most days barred')),
                ('max_holds', models.IntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-1), django.core.validators.MaxValueValidator(36500)], verbose_name='most holds')),
                ('hold_pickup_days', models.IntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(36500)], verbose_name='days on the hold shelf')),
                ('holds_on_shelf', models.CharField(blank=True, choices=[(circulation.policy.rules.HoldsOnShelf['ONLY_IF_OUT'], 'only if it is out'), (circulation.policy.rules.HoldsOnShelf['YES'], 'always'), (circulation.policy.rules.HoldsOnShelf['ONLY_IF_ALL_OUT'], 'only if all copies are out')], max_length=16, verbose_name='holds on copies that are in')),
                ('renewal_blocked_by_holds', models.CharField(blank=True, choices=[(circulation.policy.rules.RenewalBlock['ALWAYS'], 'by any waiting hold'), (circulation.policy.rules.RenewalBlock['UNLESS_OTHERS_FREE'], 'unless other copies can fill it')], max_length=20, verbose_name='renewal is blocked')),
                ('branch', models.ForeignKey(blank=True, help_text='Empty: any.', null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.branch', verbose_name='branch')),
                ('category', models.ForeignKey(blank=True, help_text='Empty: any.', null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.membercategory', verbose_name='member category')),
                ('copy_type', models.ForeignKey(blank=True, help_text='Empty: any.', null=True, on_delete=django.db.models.deletion.PROTECT, to='catalog.copytype', verbose_name='copy type')),
            ],
            options={
                'verbose_name': 'circulation rule',
                'verbose_name_plural': 'circulation rules',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.comparison.Coalesce('branch', models.Value(0)), django.db.models.functions.comparison.Coalesce('category', models.Value(0)), django.db.models.functions.comparison.Coalesce('copy_type', models.Value(0)), name='one_rule_for_each_scope', violation_error_code='rule_duplicate', violation_error_message='There is a rule for this branch, category and copy type already.'), models.CheckConstraint(condition=models.Q(('fine_amount_minor__isnull', True), ('fine_amount_minor__gte', 0), _connector='OR'), name='rule_fine_not_negative'), models.CheckConstraint(condition=models.Q(('fine_cap_minor__isnull', True), ('fine_cap_minor__gte', -1), _connector='OR'), name='rule_cap_not_negative'), models.CheckConstraint(condition=models.Q(('fine_period__isnull', True), ('fine_period__gte', 1), _connector='OR'), name='rule_fine_period_at_least_one'), models.CheckConstraint(condition=models.Q(('clears_fixed_due_on', False), ('fixed_due_on__isnull', True), _connector='OR'), name='rule_fixed_date_set_or_cleared', violation_error_message='Give a fixed due date or say that there is none, not both.')],
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(validators=[django.core.validators.MinValueValidator(datetime.date(1900, 1, 1)), django.core.validators.MaxValueValidator(datetime.date(2999, 12, 31))], verbose_name='from')),
                ('to_on', models.DateField(validators=[django.core.validators.MinValueValidator(datetime.date(1900, 1, 1)), django.core.validators.MaxValueValidator(datetime.date(2999, 12, 31))], verbose_name='to and including')),
                ('is_yearly', models.BooleanField(default=False, help_text='On the same days of every year.', verbose_name='every year')),
                ('opens', models.BooleanField(default=False, verbose_name='open, as an exception')),
                ('reason', models.CharField(blank=True, max_length=120, verbose_name='reason')),
                ('branch', models.ForeignKey(blank=True, help_text='Empty: every branch.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='accounts.branch', verbose_name='branch')),
            ],
            options={
                'verbose_name': 'closure',
                'verbose_name_plural': 'closures',
                'ordering': ['from_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('to_on__gte', models.F('from_on'))), name='closure_ends_after_it_begins', violation_error_code='calendar_backwards', violation_error_message='A closure ends on the day it begins or later.')],
            },
        ),
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('credit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settles', to='circulation.ledgerentry', verbose_name='settled by')),
                ('debit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settled_by', to='circulation.ledgerentry', verbose_name='charge')),
            ],
            options={
                'verbose_name': 'allocation',
                'verbose_name_plural': 'allocations',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='allocation_above_zero'), models.CheckConstraint(condition=models.Q(('debit', models.F('credit')), _negated=True), name='allocation_joins_two_entries'), models.UniqueConstraint(fields=('debit', 'credit'), name='allocation_once_for_two_entries')],
            },
        ),
        migrations.AddIndex(
            model_name='loan',
            index=models.Index(fields=['member', 'closed_at'], name='loan_of_member'),
        ),
        migrations.AddIndex(
            model_name='loan',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['due_at'], name='loan_open_by_due'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('copy',), name='one_open_loan_per_copy'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('outcome', ''), ('returned_at__isnull', True)), models.Q(('closed_at__isnull', False), ('outcome__in', ['returned', 'lost', 'undone']), ('returned_at__isnull', False)), _connector='OR'), name='loan_open_or_closed_whole'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('returned_at__isnull', True), models.Q(('returned_at__gte', models.F('issued_at')), ('returned_at__lte', models.F('closed_at'))), _connector='OR'), name='loan_returned_after_issue'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gte', models.F('issued_at'))), name='loan_due_after_issue'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('claimed_returned_at__isnull', True), ('claimed_returned_at__gte', models.F('issued_at')), _connector='OR'), name='loan_claimed_after_issue'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('member__isnull', False), ('closed_at__isnull', False), _connector='OR'), name='loan_open_has_a_member'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('found_at__isnull', True), ('outcome', 'lost'), _connector='OR'), name='loan_found_was_lost'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['member', 'at'], name='ledger_of_member'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='ledger_amount_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('allocated_minor__gte', 0), ('allocated_minor__lte', django.db.models.functions.math.Abs(models.F('amount_minor')))), name='ledger_allocated_within_amount'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__gt', 0), ('kind__in', ['overdue', 'replacement', 'processing', 'other'])), models.Q(('amount_minor__lt', 0), ('kind__in', ['payment', 'waiver', 'write_off', 'overpayment'])), ('kind__in', ['refund', 'void']), _connector='OR'), name='ledger_sign_fits_kind'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'void'), ('voids__isnull', False)), models.Q(models.Q(('kind', 'void'), _negated=True), ('voids__isnull', True)), _connector='OR'), name='ledger_void_names_what_it_reverses'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'overdue'), _negated=True), ('loan__isnull', False), _connector='OR'), name='ledger_fine_belongs_to_a_loan'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('voids__isnull', True), models.Q(('voids', models.F('pk')), _negated=True), _connector='OR'), name='ledger_void_reverses_another'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('currency', ''), _negated=True), name='ledger_has_a_currency'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['book', 'rank'], name='hold_queue'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('status', 'ready')), fields=['pickup_by'], name='hold_ready_by_deadline'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['waiting', 'ready'])), fields=('member', 'book'), name='one_active_hold_per_member_and_book'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'ready')), fields=('trapped_copy',), name='one_ready_hold_per_copy'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pickup_by__isnull', False), ('ready_at__isnull', False), ('status', 'ready'), ('trapped_copy__isnull', False)), models.Q(('status', 'ready'), _negated=True), _connector='OR'), name='hold_ready_has_a_copy'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('status__in', ['waiting', 'ready'])), models.Q(models.Q(('status__in', ['waiting', 'ready']), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='hold_open_or_closed_whole'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('loan__isnull', True), ('status', 'filled'), _connector='OR'), name='hold_with_a_loan_is_filled'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('not_after__isnull', True), ('not_after__gte', models.F('starts_on')), _connector='OR'), name='hold_ends_after_it_starts'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('message', None), ('state', 'due')), fields=['member', 'not_before'], name='notice_to_bundle'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('loan__isnull', False)), fields=('loan', 'due_on', 'kind', 'step'), name='notice_once_per_loan'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('hold__isnull', False)), fields=('hold', 'due_on', 'kind'), name='notice_once_per_hold'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('hold__isnull', True), ('loan__isnull', True)), fields=('member', 'due_on', 'kind', 'step'), name='notice_once_per_membership'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hold__isnull', True), ('kind__in', (circulation.policy.notices.Kind['DUE_SOON'], circulation.policy.notices.Kind['OVERDUE'])), ('loan__isnull', False)), models.Q(('hold__isnull', False), ('kind__in', (circulation.policy.notices.Kind['HOLD_READY'], circulation.policy.notices.Kind['HOLD_EXPIRED'])), ('loan__isnull', True)), models.Q(('hold__isnull', True), ('kind', circulation.policy.notices.Kind['MEMBERSHIP_ENDING']), ('loan__isnull', True)), _connector='OR'), name='notice_speaks_of_what_its_kind_says'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.UniqueConstraint(fields=('branch', 'weekday'), name='opening_hours_once_a_weekday'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__gte', 1), ('weekday__lte', 7)), name='opening_hours_real_weekday'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='opening_hours_close_after_opening', violation_error_message='The library closes after it opens.'),
        ),
    ]
