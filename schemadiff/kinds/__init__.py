"""The explicit registry of kinds: one line per kind, in the order in which they are read.

Comments come last, for they are read by the addresses of everything before them.
"""

from __future__ import annotations

from schemadiff.core.kind import Registry
from schemadiff.kinds.access_method import AccessMethodKind
from schemadiff.kinds.aggregate import AggregateKind
from schemadiff.kinds.base_type import BaseTypeKind
from schemadiff.kinds.cast import CastKind
from schemadiff.kinds.check import CheckKind
from schemadiff.kinds.cluster_on import ClusterOnKind
from schemadiff.kinds.collation import CollationKind
from schemadiff.kinds.column import ColumnKind
from schemadiff.kinds.column_setting import ColumnSettingKind
from schemadiff.kinds.comment import CommentKind
from schemadiff.kinds.composite import CompositeKind
from schemadiff.kinds.conversion import ConversionKind
from schemadiff.kinds.database import DatabaseKind
from schemadiff.kinds.default import DefaultKind
from schemadiff.kinds.default_privilege import DefaultPrivilegeKind
from schemadiff.kinds.domain import DomainKind
from schemadiff.kinds.domain_check import DomainCheckKind
from schemadiff.kinds.enum import EnumKind
from schemadiff.kinds.event_trigger import EventTriggerKind
from schemadiff.kinds.exclusion import ExclusionKind
from schemadiff.kinds.extension import ExtensionKind
from schemadiff.kinds.extension_dependency import ExtensionDependencyKind
from schemadiff.kinds.foreign_data_wrapper import ForeignDataWrapperKind
from schemadiff.kinds.foreign_key import ForeignKeyKind
from schemadiff.kinds.foreign_table import ForeignTableKind
from schemadiff.kinds.function import FunctionKind
from schemadiff.kinds.grant import GrantKind
from schemadiff.kinds.grants_on import GrantsOnKind
from schemadiff.kinds.identity_sequence import IdentitySequenceKind
from schemadiff.kinds.index import IndexKind
from schemadiff.kinds.language import LanguageKind
from schemadiff.kinds.leftover import LeftoverKind
from schemadiff.kinds.materialized_view import MaterializedViewKind
from schemadiff.kinds.of_type import OfTypeKind
from schemadiff.kinds.operator import OperatorKind
from schemadiff.kinds.operator_class import OperatorClassKind
from schemadiff.kinds.operator_family import OperatorFamilyKind
from schemadiff.kinds.owner import OwnerKind
from schemadiff.kinds.part_generated import PartGeneratedKind
from schemadiff.kinds.part_index import PartIndexKind
from schemadiff.kinds.part_not_null import PartNotNullKind
from schemadiff.kinds.policy import PolicyKind
from schemadiff.kinds.primary_key import PrimaryKeyKind
from schemadiff.kinds.procedure import ProcedureKind
from schemadiff.kinds.publication import PublicationKind
from schemadiff.kinds.range import RangeKind
from schemadiff.kinds.replica_identity import ReplicaIdentityKind
from schemadiff.kinds.role import RoleKind
from schemadiff.kinds.row import RowKind
from schemadiff.kinds.rows import RowsKind
from schemadiff.kinds.rule import RuleKind
from schemadiff.kinds.schema import SchemaKind
from schemadiff.kinds.security_label import SecurityLabelKind
from schemadiff.kinds.sequence import SequenceKind
from schemadiff.kinds.server import ServerKind
from schemadiff.kinds.statistics import StatisticsKind
from schemadiff.kinds.subscription import SubscriptionKind
from schemadiff.kinds.table import TableKind
from schemadiff.kinds.tablespace import TablespaceKind
from schemadiff.kinds.text_search_configuration import TextSearchConfigurationKind
from schemadiff.kinds.text_search_dictionary import TextSearchDictionaryKind
from schemadiff.kinds.text_search_mapping import TextSearchMappingKind
from schemadiff.kinds.text_search_parser import TextSearchParserKind
from schemadiff.kinds.text_search_template import TextSearchTemplateKind
from schemadiff.kinds.transform import TransformKind
from schemadiff.kinds.trigger import TriggerKind
from schemadiff.kinds.unique import UniqueKind
from schemadiff.kinds.user_mapping import UserMappingKind
from schemadiff.kinds.view import ViewKind

# With what is managed only where the config asks for it.
EVERY = Registry(
    (
        RoleKind(),
        DatabaseKind(),
        SchemaKind(),
        ExtensionKind(),
        CollationKind(),
        BaseTypeKind(),
        EnumKind(),
        DomainKind(),
        DomainCheckKind(),
        CompositeKind(),
        RangeKind(),
        SequenceKind(),
        LanguageKind(),
        FunctionKind(),
        ProcedureKind(),
        AccessMethodKind(),
        ForeignDataWrapperKind(),
        ServerKind(),
        UserMappingKind(),
        AggregateKind(),
        ConversionKind(),
        CastKind(),
        TransformKind(),
        OperatorKind(),
        OperatorFamilyKind(),
        OperatorClassKind(),
        TableKind(),
        ForeignTableKind(),
        ColumnKind(),
        DefaultKind(),
        PartNotNullKind(),
        PartGeneratedKind(),
        IdentitySequenceKind(),
        OfTypeKind(),
        TextSearchParserKind(),
        TextSearchTemplateKind(),
        TextSearchDictionaryKind(),
        TextSearchConfigurationKind(),
        TextSearchMappingKind(),
        PrimaryKeyKind(),
        UniqueKind(),
        CheckKind(),
        ExclusionKind(),
        IndexKind(),
        PartIndexKind(),
        RowsKind(),
        RowKind(),
        ReplicaIdentityKind(),
        ClusterOnKind(),
        ForeignKeyKind(),
        StatisticsKind(),
        ViewKind(),
        MaterializedViewKind(),
        ColumnSettingKind(),
        RuleKind(),
        TriggerKind(),
        PolicyKind(),
        TablespaceKind(),
        PublicationKind(),
        SubscriptionKind(),
        EventTriggerKind(),
        CommentKind(),
        ExtensionDependencyKind(),
        DefaultPrivilegeKind(),
        OwnerKind(),
        GrantKind(),
        GrantsOnKind(),
        SecurityLabelKind(),
        LeftoverKind(),
    )
)
# What is managed always.
KINDS = EVERY.managing(())
