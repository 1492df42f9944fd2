import accounts.models.library
import accounts.models.members
import accounts.models.messages
import accounts.models.webhooks
import datetime
import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiAnswer',
            fields=[
                ('key', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('fingerprint', models.CharField(max_length=64)),
                ('begun_at', models.DateTimeField(db_index=True)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('headers', models.JSONField(default=dict)),
                ('body', models.TextField(blank=True)),
            ],
            options={
                'verbose_name': 'answer given to a program',
                'verbose_name_plural': 'answers given to programs',
            },
        ),
        migrations.CreateModel(
            name='Branch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, validators=[django.core.validators.RegexValidator('^[A-Z0-9][A-Z0-9./+-]{0,39}\\Z', 'Use capital letters A to Z, digits and . / + - only, beginning with a letter or digit.')], verbose_name='code')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('address', models.TextField(blank=True, max_length=500, verbose_name='address')),
            ],
            options={
                'verbose_name': 'branch',
                'verbose_name_plural': 'branches',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Card',
            fields=[
                ('number', models.CharField(max_length=40, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('^[A-Z0-9][A-Z0-9./+-]{0,39}\\Z', 'Use capital letters A to Z, digits and . / + - only, beginning with a letter or digit.')], verbose_name='card number')),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='must choose a new password')),
                ('first_password_until', models.DateTimeField(blank=True, null=True, verbose_name='first password is valid until')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'sign-in',
                'verbose_name_plural': 'sign-ins',
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100, unique=True, verbose_name='key')),
                ('verb', models.CharField(max_length=40, verbose_name='action')),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('target_type', models.CharField(blank=True, max_length=60, verbose_name='kind of thing')),
                ('target_id', models.BigIntegerField(blank=True, null=True, verbose_name='number of the thing')),
                ('before', models.JSONField(blank=True, default=dict, verbose_name='before')),
                ('after', models.JSONField(blank=True, default=dict, verbose_name='after')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('overrides', models.JSONField(blank=True, default=list, verbose_name='set aside')),
                ('result', models.JSONField(blank=True, default=dict, verbose_name='result')),
                ('fingerprint', models.CharField(blank=True, editable=False, max_length=64)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('undone_by', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='undoes', to='accounts.action', verbose_name='undone by')),
            ],
            options={
                'verbose_name': 'action',
                'verbose_name_plural': 'actions',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('scopes', models.JSONField(default=list, verbose_name='may')),
                ('prefix', models.CharField(max_length=12, verbose_name='begins with')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(verbose_name='made')),
                ('expires_at', models.DateTimeField(verbose_name='valid until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='last used')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL, verbose_name='sign-in')),
            ],
            options={
                'verbose_name': 'API token',
                'verbose_name_plural': 'API tokens',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Backup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'waiting'), ('running', 'running'), ('paused', 'paused'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], db_index=True, default='queued', max_length=10, verbose_name='state')),
                ('cursor', models.BigIntegerField(default=0, verbose_name='reached')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='done')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='of')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='claimed until')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='not before')),
                ('problem', models.TextField(blank=True, verbose_name='problem')),
                ('options', models.JSONField(blank=True, default=dict, verbose_name='options')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='asked for')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('file', models.CharField(blank=True, max_length=200, verbose_name='file')),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='bytes')),
                ('rows', models.PositiveBigIntegerField(default=0, verbose_name='rows')),
                ('media', models.PositiveIntegerField(default=0, verbose_name='files')),
                ('is_automatic', models.BooleanField(default=False, verbose_name='made by itself')),
                ('is_encrypted', models.BooleanField(default=False, verbose_name='encrypted')),
                ('made_at', models.DateTimeField(blank=True, null=True, verbose_name='made')),
                ('proven_at', models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='proven')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'backup',
                'verbose_name_plural': 'backups',
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='LibrarySettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(default='Openshelf', max_length=120, verbose_name='name of the library')),
                ('address', models.TextField(blank=True, max_length=500, verbose_name='address')),
                ('contact_email', models.EmailField(blank=True, max_length=254, verbose_name='contact e-mail')),
                ('contact_phone', models.CharField(blank=True, max_length=40, verbose_name='contact phone')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[accounts.models.library.is_time_zone], verbose_name='time zone')),
                ('currency', models.CharField(default='EUR', max_length=3, validators=[accounts.models.library.is_currency], verbose_name='currency')),
                ('language', models.CharField(choices=[('en', 'English'), ('de', 'German')], default='en', max_length=10, verbose_name='language')),
                ('card_prefix', models.CharField(default='M', max_length=4, validators=[django.core.validators.RegexValidator('^[A-Z]{1,4}$', 'One to four capital letters A to Z.')], verbose_name='prefix of card numbers')),
                ('barcode_prefix', models.CharField(default='B', max_length=4, validators=[django.core.validators.RegexValidator('^[A-Z]{1,4}$', 'One to four capital letters A to Z.')], verbose_name='prefix of barcodes')),
                ('lost_fine_policy', models.CharField(choices=[('keep', 'stays owed'), ('forgive', 'is forgiven')], default='keep', max_length=10, verbose_name='overdue fine of a lost copy')),
                ('found_refund_policy', models.CharField(choices=[('none', 'nothing is given back'), ('refund', 'the replacement charge is given back'), ('charge', 'the replacement charge is given back, the overdue fine is charged'), ('restore', 'the replacement charge is given back, the forgiven fine is owed again')], default='refund', max_length=10, verbose_name='when a lost copy is found')),
                ('refund_window_days', models.PositiveIntegerField(blank=True, help_text='Empty: always.', null=True, validators=[django.core.validators.MaxValueValidator(36500)], verbose_name='days in which a found copy is refunded')),
                ('unlink_history_after_days', models.PositiveIntegerField(default=365, help_text='Counted from the return; only when nothing is owed.', validators=[django.core.validators.MaxValueValidator(36500)], verbose_name='days until a returned loan forgets its member')),
                ('also_borrowed_least', models.PositiveIntegerField(blank=True, default=5, help_text='Different members, counted every night among the loans that still know theirs. Empty: never.', null=True, validators=[accounts.models.library.is_enough_readers, django.core.validators.MaxValueValidator(1000000)], verbose_name='readers from which on a book shows what else they borrowed')),
                ('long_overdue_lost_days', models.PositiveIntegerField(blank=True, help_text='Empty: never by itself.', null=True, validators=[django.core.validators.MaxValueValidator(36500)], verbose_name='days overdue after which a copy counts as lost')),
                ('estimate_counts_for_limits', models.BooleanField(default=True, help_text='What overdue loans would cost if they came back now.', verbose_name='running fines count towards the debt limit')),
                ('hours_past_closing', models.CharField(choices=[('shorten', 'ends at closing time'), ('extend', 'goes on to the next opening')], default='shorten', max_length=10, verbose_name='an hourly loan that ends after closing')),
                ('due_soon_days', models.JSONField(blank=True, default=list, validators=[accounts.models.library.is_list_of_days], verbose_name='days before the due date to remind')),
                ('overdue_notice_days', models.JSONField(blank=True, default=list, validators=[accounts.models.library.is_list_of_days], verbose_name='days after the due date to remind')),
                ('membership_ending_days', models.JSONField(blank=True, default=list, validators=[accounts.models.library.is_list_of_days], verbose_name='days before a membership ends to remind')),
                ('backup_hour', models.PositiveSmallIntegerField(blank=True, default=3, help_text="By the library's clock, 0 to 23. Empty: never by itself.", null=True, validators=[django.core.validators.MaxValueValidator(23)], verbose_name='hour of the day from which on it is backed up')),
                ('backups_kept_days', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='days of which the newest backup is kept')),
                ('backups_kept_weeks', models.PositiveSmallIntegerField(default=4, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='weeks of which the newest backup is kept')),
                ('backups_kept_months', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='months of which the newest backup is kept')),
                ('backup_alarm_days', models.PositiveSmallIntegerField(blank=True, default=2, help_text='Empty: never.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='days without a proven backup after which Admins are warned')),
                ('second_factor', models.CharField(choices=[('none', 'nobody must have one'), ('admins', 'Admins must have one'), ('staff', 'everybody who works here must have one')], default='none', help_text='A code from a phone or a passkey, besides the password. Anybody may have one.', max_length=10, verbose_name='second factor')),
                ('record_days', models.PositiveIntegerField(blank=True, default=1095, help_text='Who did what, and who looked at which member. Accounts are kept for ever. Empty: for ever too.', null=True, validators=[django.core.validators.MinValueValidator(30), django.core.validators.MaxValueValidator(36500)], verbose_name='days the record of actions is kept')),
                ('currency_fixed', models.BooleanField(default=False, editable=False, verbose_name='money has been booked')),
                ('set_up_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='set up')),
                ('daily_done_on', models.DateField(blank=True, editable=False, null=True, verbose_name='daily work last done for')),
                ('webhook_events', models.JSONField(blank=True, default=list, editable=False, verbose_name='events that webhooks are told of')),
                ('webhooks_disabled', models.PositiveIntegerField(default=0, editable=False, verbose_name='webhooks switched off by failures')),
                ('demo', models.JSONField(blank=True, default=dict, editable=False, verbose_name='rows of the demo library')),
            ],
            options={
                'verbose_name': 'library settings',
                'verbose_name_plural': 'library settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='library_settings_one_row'), models.CheckConstraint(condition=models.Q(models.Q(('card_prefix__startswith', models.F('barcode_prefix')), _negated=True), models.Q(('barcode_prefix__startswith', models.F('card_prefix')), _negated=True)), name='library_prefixes_differ', violation_error_message='Cards and barcodes need prefixes that cannot be mixed up.')],
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('card_number', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[A-Z0-9][A-Z0-9./+-]{0,39}\\Z', 'Use capital letters A to Z, digits and . / + - only, beginning with a letter or digit.')], verbose_name='card number')),
                ('name', models.CharField(db_index=True, max_length=200, verbose_name='name')),
                ('email', models.EmailField(blank=True, help_text='Families may share one.', max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('address', models.TextField(blank=True, max_length=500, verbose_name='address')),
                ('group_name', models.CharField(blank=True, max_length=60, verbose_name='class or group')),
                ('joined_on', models.DateField(validators=[django.core.validators.MinValueValidator(datetime.date(1900, 1, 1)), django.core.validators.MaxValueValidator(datetime.date(2999, 12, 31))], verbose_name='member since')),
                ('expires_on', models.DateField(blank=True, help_text='Empty: does not end.', null=True, validators=[django.core.validators.MinValueValidator(datetime.date(1900, 1, 1)), django.core.validators.MaxValueValidator(datetime.date(2999, 12, 31))], verbose_name='membership ends on')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note for the desk')),
                ('pin_hash', models.CharField(blank=True, editable=False, max_length=128, verbose_name='PIN')),
                ('keep_history', models.BooleanField(blank=True, help_text="Unknown: the library's number of days.", null=True, verbose_name='keeps the reading history')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('de', 'German')], help_text="Empty: the library's.", max_length=10, verbose_name='language')),
                ('notices_by', models.CharField(choices=[('email', 'e-mail, or a letter if there is no address'), ('letter', 'letter')], default='email', max_length=10, verbose_name='reminders come by')),
                ('notices_off', models.JSONField(blank=True, default=list, validators=[accounts.models.members.is_list_of_kinds], verbose_name='reminders not wanted')),
                ('loans_ever', models.PositiveIntegerField(default=0, editable=False, verbose_name='loans ever')),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='removed')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='member', to=settings.AUTH_USER_MODEL, verbose_name='sign-in')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='day')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='accounts.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'look at a member',
                'verbose_name_plural': 'looks at members',
                'ordering': ['-on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='MemberCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, validators=[django.core.validators.RegexValidator('^[A-Z0-9][A-Z0-9./+-]{0,39}\\Z', 'Use capital letters A to Z, digits and . / + - only, beginning with a letter or digit.')], verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('max_loans', models.PositiveIntegerField(blank=True, help_text='Of all kinds together. Empty: no limit.', null=True, verbose_name='most loans at a time')),
                ('debt_limit_minor', models.BigIntegerField(blank=True, help_text='Who owes more than this borrows nothing. Empty: no limit.', null=True, verbose_name='debt limit')),
                ('max_open_fines_minor', models.BigIntegerField(blank=True, help_text='Further fines are cut. Empty: no limit.', null=True, verbose_name='most unpaid overdue fines')),
                ('membership_months', models.PositiveIntegerField(blank=True, help_text='Empty: does not expire.', null=True, validators=[django.core.validators.MaxValueValidator(1200)], verbose_name='length of membership in months')),
                ('overdue_blocks_loans', models.BooleanField(default=False, help_text='And every renewal.', verbose_name='an overdue loan blocks borrowing')),
            ],
            options={
                'verbose_name': 'member category',
                'verbose_name_plural': 'member categories',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('debt_limit_minor__isnull', True), ('debt_limit_minor__gte', 0), _connector='OR'), name='category_debt_limit_not_negative'), models.CheckConstraint(condition=models.Q(('max_open_fines_minor__isnull', True), ('max_open_fines_minor__gte', 0), _connector='OR'), name='category_max_open_fines_not_negative')],
            },
        ),
        migrations.AddField(
            model_name='member',
            name='category',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='accounts.membercategory', verbose_name='category'),
        ),
        migrations.CreateModel(
            name='NumberSequence',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('next_number', models.PositiveBigIntegerField(default=1)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('next_number__gte', 1)), name='numbers_start_at_one')],
            },
        ),
        migrations.CreateModel(
            name='OpenSignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(editable=False, max_length=40, unique=True)),
                ('device', models.CharField(blank=True, max_length=80, verbose_name='device')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='address')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_sign_ins', to=settings.AUTH_USER_MODEL, verbose_name='sign-in')),
            ],
            options={
                'verbose_name': 'open sign-in',
                'verbose_name_plural': 'open sign-ins',
                'ordering': ['-since', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Restriction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(verbose_name='from')),
                ('until_on', models.DateField(blank=True, help_text='Empty: until lifted.', null=True, verbose_name='until and including')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('source', models.CharField(choices=[('librarian', 'set by a librarian'), ('overdue', 'suspension for a late return')], default='librarian', max_length=10, verbose_name='source')),
                ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='restrictions', to='accounts.member', verbose_name='member')),
            ],
            options={
                'verbose_name': 'restriction',
                'verbose_name_plural': 'restrictions',
                'ordering': ['-from_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('url', models.CharField(max_length=500, validators=[accounts.models.webhooks.is_webhook_address], verbose_name='address')),
                ('secret', models.CharField(default=accounts.models.webhooks.new_secret, editable=False, max_length=80, verbose_name='secret')),
                ('events', models.JSONField(default=list, verbose_name='told of')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('failures', models.PositiveIntegerField(default=0, editable=False, verbose_name='failures in a row')),
                ('paused_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='not before')),
                ('disabled_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='switched off')),
                ('disabled_reason', models.TextField(blank=True, editable=False, verbose_name='why it was switched off')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['name', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_active', False), ('disabled_at', None), _connector='OR'), name='webhook_active_or_disabled')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'waiting'), ('running', 'running'), ('paused', 'paused'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], db_index=True, default='queued', max_length=10, verbose_name='state')),
                ('cursor', models.BigIntegerField(default=0, verbose_name='reached')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='done')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='of')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='claimed until')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='not before')),
                ('problem', models.TextField(blank=True, verbose_name='problem')),
                ('options', models.JSONField(blank=True, default=dict, verbose_name='options')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='asked for')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('letter', 'letter'), ('webhook', 'webhook')], default='email', max_length=10, verbose_name='by')),
                ('written_on', models.DateField(verbose_name='day')),
                ('to', models.EmailField(blank=True, max_length=254, verbose_name='to')),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='subject')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('html', models.TextField(blank=True, verbose_name='text as HTML')),
                ('message_id', models.CharField(default=accounts.models.messages.new_message_id, editable=False, max_length=64, unique=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='accounts.member', verbose_name='member')),
                ('webhook', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='accounts.webhook', verbose_name='webhook')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'ordering': ['-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='user_email_unique_in_any_case', violation_error_message='Somebody else signs in with this e-mail address.'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='user_username_unique_in_any_case', violation_error_message='Somebody else signs in with this name.'),
        ),
        migrations.AddIndex(
            model_name='action',
            index=models.Index(fields=['by', '-at'], name='action_by_at'),
        ),
        migrations.AddIndex(
            model_name='action',
            index=models.Index(fields=['target_type', 'target_id'], name='action_target'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), models.Q(('verb', ''), _negated=True)), name='action_has_key_and_verb'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(('undone_by__isnull', True), models.Q(('undone_by', models.F('pk')), _negated=True), _connector='OR'), name='action_is_undone_by_another'),
        ),
        migrations.AddIndex(
            model_name='look',
            index=models.Index(fields=['on'], name='look_by_day'),
        ),
        migrations.AddConstraint(
            model_name='look',
            constraint=models.UniqueConstraint(fields=('member', 'by', 'on'), name='one_look_a_person_member_and_day'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('card_number', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='member_has_card_and_name'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('expires_on__isnull', True), ('expires_on__gte', models.F('joined_on')), _connector='OR'), name='member_ends_after_it_begins', violation_error_message='The membership ends on the day it begins or later.'),
        ),
        migrations.AddConstraint(
            model_name='restriction',
            constraint=models.CheckConstraint(condition=models.Q(('until_on__isnull', True), ('until_on__gte', models.F('from_on')), _connector='OR'), name='restriction_ends_after_it_begins'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['channel', 'state'], name='message_by_state'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('member',), name='one_message_due_per_member'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('member', 'written_on'), name='one_message_a_member_a_day'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'webhook'), ('member', None), ('webhook__isnull', False)), models.Q(models.Q(('channel', 'webhook'), _negated=True), ('member__isnull', False), ('webhook', None)), _connector='OR'), name='message_to_member_or_webhook'),
        ),
    ]
