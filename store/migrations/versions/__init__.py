"""One file per revision, frozen in time: plain DDL, never the models as they are today."""
