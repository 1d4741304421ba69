import Values

/// The terms of the demonstration's agency, in two versions; the dates are those of the day it is shown.
enum DemoTerms {
    static func yaml(effective: CivilDate, listRate: String, sells blockPrice: String) -> String {
        """
        mainstay_terms: 1
        name: Fernhill Studio, care after the launch
        effective: \(effective)
        currency: USD
        list_rate: \(listRate)
        service_lines:
          website-maintenance:
            name: Website maintenance
            about: your own website and shop, and training in their use; not the sync software
            covers: [research, troubleshooting, module-installation, custom-development, content, training]
          integration-support:
            name: Integration support
            about: our own sync software, learning to use it, and troubleshooting it and the data it brings into the shop
            covers: [research, troubleshooting, training]
            covers_when_approved: [custom-rule]
        work_types:
          research: {name: Research and discovery}
          troubleshooting: {name: Troubleshooting}
          module-installation: {name: Module installation}
          custom-development: {name: Custom development}
          content: {name: Content}
          training: {name: Training}
          custom-rule: {name: Custom rule}
          third-party: {name: Third-party software}
          server: {name: Server work, charged: never}
        plans:
          care-1: {name: Care 1, service_line: website-maintenance, hours: 1, fee: 150.00, overage_rate: 160.00, first_response: 16:00}
          care-2: {name: Care 2, service_line: website-maintenance, hours: 2, fee: 290.00, overage_rate: 155.00, first_response: 8:00}
          care-5: {name: Care 5, service_line: website-maintenance, hours: 5, fee: 700.00, overage_rate: 150.00, first_response: 4:00}
          care-10: {name: Care 10, service_line: website-maintenance, hours: 10, fee: 1350.00, overage_rate: 145.00, first_response: 4:00}
          sync-1: {name: Sync 1, service_line: integration-support, hours: 1, fee: 150.00, overage_rate: 160.00, first_response: 8:00}
          sync-3: {name: Sync 3, service_line: integration-support, hours: 3, fee: 430.00, overage_rate: 155.00, first_response: 4:00}
        blocks: {price_per_hour: \(blockPrice), minimum: 5, step: 5, expires: following-month, usable: on-issue}
        increment: none
        business_hours: {days: [monday, tuesday, wednesday, thursday, friday], opens: 9:00, closes: 17:00}
        late_time: adjust
        draw_order: best-for-client
        first_period: full
        upgrade: at-once
        negotiable: [overage_rate, hours, fee]
        licensing: {billing: [monthly, annually], upgrades: free-while-current}

        """
    }
}
